import { addYears, ageInYears, type Day } from './calendar.ts'
import { bare, type Chart, type Visit } from './chart.ts'
import { type Acute, type Chronic, chronic } from './codes/conditions.ts'
import { type Code, coding, concept, type Element, icd10System, profile, snomedSystem } from './resource.ts'
import type { Target } from './resource.ts'

/** A chronic problem that this person has or will get. */
export interface Problem {
  readonly chronic: Chronic
  readonly onset: Day
}

/** Draws what a person comes down with in a whole life, up to their last day. */
export function drawProblems(chart: Chart): readonly Problem[] {
  const { random, person } = chart
  const problems: Problem[] = []
  for (const choice of chronic) {
    const certain = person.certain?.includes(choice.key) === true
    const struck = random.chance(choice.likelihood) || certain
    const drawn = random.whole(choice.from, choice.until)
    const age = certain ? Math.min(drawn, ageInYears(person.birth, chart.last) - 6) : drawn
    if (!struck || (choice.sex !== undefined && choice.sex !== person.sex)) continue
    if (choice.outgrown !== undefined && ageInYears(person.birth, chart.last) > choice.outgrown) continue
    const onset = addYears(person.birth, age) + random.whole(0, 364)
    if (onset < chart.last) problems.push({ chronic: choice, onset })
  }
  const has = (key: string): boolean => problems.some((problem) => problem.chronic.key === key)
  return problems.filter((problem) => !(problem.chronic.key === 'prediabetes' && has('diabetes')))
}

function diagnosis(code: Code, icd10: Code): Element {
  return { coding: [coding(snomedSystem, code), coding(icd10System, icd10)], text: code[1] }
}

const clinical = (code: string, display: string): Element => concept('condition-clinical', code, display)
const confirmed = concept('condition-ver-status', 'confirmed', 'Confirmed')

/** Puts a problem on the list at the visit where it was first recorded. */
export function addProblem(chart: Chart, visit: Visit, { chronic: found, onset }: Problem): Target {
  return chart.add(
    {
      resourceType: 'Condition',
      meta: profile('condition-problems-health-concerns'),
      clinicalStatus: clinical('active', 'Active'),
      verificationStatus: confirmed,
      category: [concept('condition-category', 'problem-list-item', 'Problem List Item')],
      code: diagnosis(found.snomed, found.icd10),
      subject: bare(chart.patient),
      encounter: bare(visit.encounter),
      onsetDateTime: chart.day(onset),
      recordedDate: chart.time(visit.start + 14),
      recorder: bare(visit.clinician),
    },
    found.snomed[1],
  )
}

/** What someone came for and has got over since, unless the last days are too few. */
export function addDiagnosis(chart: Chart, visit: Visit, illness: Acute, day: Day): Target {
  const end = day + illness.days
  const over = end < chart.last
  return chart.add(
    {
      resourceType: 'Condition',
      meta: profile('condition-encounter-diagnosis'),
      clinicalStatus: over ? clinical('resolved', 'Resolved') : clinical('active', 'Active'),
      verificationStatus: confirmed,
      category: [concept('condition-category', 'encounter-diagnosis', 'Encounter Diagnosis')],
      code: diagnosis(illness.snomed, illness.icd10),
      subject: bare(chart.patient),
      encounter: bare(visit.encounter),
      onsetDateTime: chart.day(Math.max(chart.person.birth, day - chart.random.whole(0, 4))),
      ...(over ? { abatementDateTime: chart.day(end) } : {}),
      recordedDate: chart.time(visit.start + 14),
      recorder: bare(visit.clinician),
    },
    illness.snomed[1],
  )
}

/** The problems that someone had by this day. */
export function problemsBy(problems: readonly Problem[], day: Day): ReadonlySet<string> {
  return new Set(problems.filter((problem) => problem.onset <= day).map((problem) => problem.chronic.key))
}
