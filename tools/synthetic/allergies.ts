import { bare, type Chart, type Visit } from './chart.ts'
import { type Code, concept, type Element, profile, snomed } from './resource.ts'

interface Allergen {
  readonly substance: Code
  readonly category: 'food' | 'medication' | 'environment'
  readonly reactions: readonly Code[]
}

const hives: Code = ['247472004', 'Hives']
const rash: Code = ['271807003', 'Rash']
const anaphylaxis: Code = ['39579001', 'Anaphylaxis']
const wheezing: Code = ['56018004', 'Wheezing']
const nausea: Code = ['422587007', 'Nausea']

const allergens: readonly Allergen[] = [
  { substance: ['91936005', 'Allergy to penicillin'], category: 'medication', reactions: [hives, rash, anaphylaxis] },
  { substance: ['91939003', 'Allergy to sulfonamide'], category: 'medication', reactions: [rash, hives] },
  { substance: ['293586001', 'Allergy to aspirin'], category: 'medication', reactions: [wheezing, hives] },
  { substance: ['293963004', 'Allergy to cephalosporin'], category: 'medication', reactions: [rash] },
  { substance: ['91935009', 'Allergy to peanut'], category: 'food', reactions: [anaphylaxis, hives, wheezing] },
  { substance: ['91934008', 'Allergy to nut'], category: 'food', reactions: [hives, anaphylaxis] },
  { substance: ['300913006', 'Allergy to shellfish'], category: 'food', reactions: [hives, nausea] },
  { substance: ['91930004', 'Allergy to egg protein'], category: 'food', reactions: [rash, nausea] },
  {
    substance: ['1003755004', 'Allergy to Hevea brasiliensis latex protein'],
    category: 'environment',
    reactions: [rash, hives],
  },
  { substance: ['232347008', 'Allergy to animal dander'], category: 'environment', reactions: [wheezing] },
  { substance: ['418689008', 'Allergy to grass pollen'], category: 'environment', reactions: [wheezing] },
  { substance: ['424213003', 'Allergy to bee venom'], category: 'environment', reactions: [anaphylaxis, hives] },
]

/** Some were never asked: then nothing is written, which is not the same as "no known allergy". */
export type AllergyHistory = 'not-asked' | 'none-known' | readonly Allergen[]

export function drawAllergies(chart: Chart): AllergyHistory {
  const { random } = chart
  const drawn = random.fraction()
  if (drawn < 0.12) return 'not-asked'
  if (drawn < 0.62) return 'none-known'
  return random.sample(random.pick([1, 1, 1, 2, 2, 3]), allergens.length).flatMap((at) => allergens[at] ?? [])
}

/** What is known of allergies, recorded at the first visit. Answers with the names, for the note. */
export function addAllergies(chart: Chart, visit: Visit, history: AllergyHistory): readonly string[] {
  if (history === 'not-asked') return []
  if (history === 'none-known') {
    chart.add(makeAllergy(chart, visit, ['716186003', 'No known allergy'], {}))
    return ['none known']
  }
  for (const allergen of history) {
    const reaction = chart.random.pick(allergen.reactions)
    const grave = reaction === anaphylaxis
    chart.add(
      makeAllergy(chart, visit, allergen.substance, {
        type: 'allergy',
        category: [allergen.category],
        criticality: grave ? 'high' : 'low',
        reaction: {
          manifestation: [snomed(reaction)],
          severity: grave ? 'severe' : chart.random.pick(['mild', 'moderate']),
        },
      }),
    )
  }
  return history.map((allergen) => allergen.substance[1])
}

function makeAllergy(
  chart: Chart,
  visit: Visit,
  code: Code,
  known: { readonly [element: string]: string | string[] | Element },
) {
  const { reaction, ...kind } = known
  return {
    resourceType: 'AllergyIntolerance',
    meta: profile('allergyintolerance'),
    clinicalStatus: concept('allergyintolerance-clinical', 'active', 'Active'),
    verificationStatus: concept('allergyintolerance-verification', 'confirmed', 'Confirmed'),
    ...kind,
    code: snomed(code),
    patient: bare(chart.patient),
    encounter: bare(visit.encounter),
    recordedDate: chart.time(visit.start + 8),
    recorder: bare(visit.nurse),
    ...(reaction === undefined ? {} : { reaction: [reaction] }),
  }
}
