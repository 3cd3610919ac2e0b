import { dayOf } from './calendar.ts'
import { bare, type Chart, displayName, type Visit } from './chart.ts'
import type { Acute } from './codes/conditions.ts'
import type { Target } from './resource.ts'
import { coding, type Code, loincSystem, profile } from './resource.ts'
import type { Taken } from './vitals.ts'

/** What the note has to tell. */
export interface Story {
  readonly taken: Taken
  readonly illness?: Acute
  readonly problems: readonly string[]
  readonly allergies: readonly string[]
  readonly prescribed: readonly string[]
  readonly ordered: readonly string[]
}

const progressNote: Code = ['11506-3', 'Progress note']

const wellBefore = [
  'Feels well and has no new concerns.',
  'Sleeping well, appetite good, no change in weight noticed.',
  'Reports a steady year at work and at home.',
  'Walks most days and has cut down on sweet drinks.',
  'Asks about the screening tests that are due.',
]
const steady = [
  'Takes the medicines as prescribed and misses a dose now and then.',
  'Home readings were brought along and look steady.',
  'No dizziness, no swelling, no chest discomfort.',
  'Has been trying to eat less salt and to move more.',
  'Would rather not change anything today.',
]
const exam = [
  'Alert and comfortable. Heart regular, no murmur. Lungs clear. Abdomen soft.',
  'In no distress. Neck supple, thyroid not enlarged. Heart and lungs unremarkable. No edema.',
  'Well-appearing. Skin warm and dry. Gait steady. Reflexes symmetric.',
]
const advice = [
  'Explained when to call and when to go to the emergency department.',
  'Went over the plan together; questions were answered.',
  'Written instructions were given at the end of the visit.',
]

/** The text of a visit's note: headings as clinicians write them, a few sentences under each. */
export function writeNote(chart: Chart, visit: Visit, story: Story): string {
  const { random, person } = chart
  const { taken, illness } = story
  const who = person.sex === 'female' ? (visit.age < 18 ? 'girl' : 'woman') : visit.age < 18 ? 'boy' : 'man'
  const name = person.preferred ?? displayName(person)
  const opening = visit.age < 2 ? `${name} is an infant` : `${name} is a ${visit.age}-year-old ${who}`
  const history =
    illness === undefined
      ? `${opening} here for ${visit.kind === 'wellness' ? 'a yearly examination' : 'a follow-up visit'}. ${random.pick(visit.kind === 'wellness' ? wellBefore : steady)} ${random.pick(steady)}`
      : `${opening} with ${illness.complaint} for ${random.whole(1, 6)} days. ${random.pick(['Nobody else at home is ill.', 'A family member had the same last week.', 'Has tried rest and fluids.'])}`
  const vitals = [
    ...(visit.age < 3 ? [] : [`BP ${taken.systolic}/${taken.diastolic}`]),
    `pulse ${taken.pulse}`,
    `temperature ${taken.degrees} °C`,
    `SpO2 ${taken.saturation} %`,
    `weight ${taken.weight} kg`,
  ]
  const plan = [
    ...story.prescribed.map((medicine) => `Prescribed ${medicine}.`),
    ...(story.ordered.length === 0 ? [] : [`Ordered: ${story.ordered.join('; ')}.`]),
    random.pick(advice),
    illness === undefined
      ? `Return in ${random.pick(['3', '6', '12'])} months.`
      : `Return if not better in ${random.whole(3, 10)} days.`,
  ]
  const sections: readonly (readonly [string, string])[] = [
    ['Chief Complaint', illness?.complaint ?? (visit.kind === 'wellness' ? 'Yearly examination' : 'Follow-up')],
    ['History of Present Illness', history],
    ['Allergies', story.allergies.length === 0 ? 'Not asked at this visit.' : story.allergies.join(', ')],
    ['Problems', story.problems.length === 0 ? 'None on the list.' : story.problems.join('\n')],
    ['Vital Signs', vitals.join(', ')],
    [
      'Physical Examination',
      illness === undefined ? random.pick(exam) : `${random.pick(exam)} Findings: ${illness.findings}.`,
    ],
    [
      'Assessment',
      illness?.snomed[1] ??
        (story.problems[0] === undefined
          ? 'Healthy.'
          : `${story.problems[0]}, ${random.pick(['stable', 'at goal', 'not yet at goal'])}.`),
    ],
    ['Plan', plan.join('\n')],
  ]
  return sections.map(([heading, text]) => `${heading}\n${text}`).join('\n\n') + '\n'
}

/** A signed note: it never changes again; what comes later is an addendum that appends to it. */
export function addNote(chart: Chart, visit: Visit, text: string, appendsTo?: Target): Target {
  const signed =
    appendsTo === undefined ? visit.start + 35 : Math.min(visit.start + 35 + 1440, (chart.last + 1) * 1440 - 1)
  const bytes = Buffer.from(text, 'utf8')
  const title = appendsTo === undefined ? 'Progress note' : 'Addendum'
  return chart.add({
    resourceType: 'DocumentReference',
    meta: profile('documentreference'),
    status: 'current',
    docStatus: 'final',
    type: { coding: [coding(loincSystem, progressNote)], text: title },
    category: [
      {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
            code: 'clinical-note',
            display: 'Clinical Note',
          },
        ],
      },
    ],
    subject: bare(chart.patient),
    date: chart.time(signed),
    author: [{ reference: visit.clinician.ref, display: visit.clinician.display }],
    authenticator: { reference: visit.clinician.ref, display: visit.clinician.display },
    custodian: { reference: chart.practice.organization.ref, display: chart.practice.organization.display },
    ...(appendsTo === undefined ? {} : { relatesTo: [{ code: 'appends', target: bare(appendsTo) }] }),
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          data: bytes.toString('base64'),
          size: bytes.length,
          title,
          creation: chart.time(signed),
        },
      },
    ],
    context: {
      encounter: [bare(visit.encounter)],
      period: { start: chart.time(visit.start), end: chart.time(visit.start + visit.minutes) },
    },
  })
}

const addenda = [
  'The results of the blood test came back and were discussed by phone. No change to the plan.',
  'Spoke with the patient today: feeling better, no side effects. Follow-up as planned.',
  'The pharmacy called about the prescription; the generic product was agreed on.',
]

export function addAddendum(chart: Chart, visit: Visit, note: Target): void {
  if (dayOf(visit.start) + 2 > chart.last) return
  addNote(chart, visit, `${chart.random.pick(addenda)}\n`, note)
}
