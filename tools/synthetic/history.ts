import { addAllergies, drawAllergies } from './allergies.ts'
import { addCoverage, addClaim } from './billing.ts'
import { ageInYears, atTime, type Day } from './calendar.ts'
import type { Chart, Visit } from './chart.ts'
import type { Acute } from './codes/conditions.ts'
import { type PanelKey, panels } from './codes/labs.ts'
import { smoking } from './codes/vitals.ts'
import { addDocument } from './documents.ts'
import { makeEncounter, services } from './encounter.ts'
import { Vaccinations } from './immunizations.ts'
import { addPanel, addSwab, Courses } from './labs.ts'
import { addPrescription } from './medication.ts'
import { addAddendum, addNote, writeNote } from './note.ts'
import { primaryCare } from './patient.ts'
import { addPlan } from './plans.ts'
import { addDiagnosis, addProblem, drawProblems, type Problem, problemsBy } from './problems.ts'
import { addProcedure, addReferral, addScreening, addStudy } from './procedures.ts'
import type { Code, Target } from './resource.ts'
import { addDepressionScore, addSmokingStatus, addVitals, type Body, makeBody } from './vitals.ts'
import { type Planned, planOften, planVisits } from './visits.ts'

/** What one person brings to every visit. */
interface Course {
  readonly problems: readonly Problem[]
  readonly listed: Map<string, Target>
  readonly body: Body
  readonly courses: Courses
  readonly vaccinations: Vaccinations
  readonly coverage: Target
  readonly smoking: Code
  allergies: readonly string[]
}

/** Years of visits, from joining the practice to the last day. `every`: a visit each so many days instead of the usual. */
export function addHistory(chart: Chart, since: Day, every?: number): void {
  const problems = drawProblems(chart)
  const visits = every === undefined ? planVisits(chart, since, problems) : planOften(chart, since, every)
  if (visits.length === 0) return
  const course: Course = {
    problems,
    listed: new Map(),
    body: makeBody(chart, problemsBy(problems, chart.last)),
    courses: new Courses(chart.random.fork('results')),
    vaccinations: new Vaccinations(chart),
    coverage: addCoverage(chart, since),
    smoking: chart.random.weighted(smoking),
    allergies: [],
  }
  for (const [at, planned] of visits.entries()) addVisit(chart, planned, course, at === 0)
}

function addVisit(chart: Chart, planned: Planned, course: Course, first: boolean): void {
  const { random } = chart
  const start = atTime(planned.day, random.whole(8, 15), random.pick([0, 20, 40]))
  const visit = addEncounter(chart, planned, start, course)
  const had = problemsBy(course.problems, planned.day)
  if (first) course.allergies = addAllergies(chart, visit, drawAllergies(chart))
  const taken = addVitals(chart, visit, course.body, had, planned.illness?.fever === true && random.chance(0.6))
  const prescribed = [...addNewProblems(chart, visit, planned.day, course), ...renewals(chart, visit, course)]
  const illness = planned.illness
  const diagnosis = illness === undefined ? undefined : addDiagnosis(chart, visit, illness, planned.day)
  if (illness?.medicine !== undefined && diagnosis !== undefined)
    prescribed.push(addPrescription(chart, visit, illness.medicine, diagnosis, illness.days))
  const ordered = orderPanels(chart, visit, illness, had, course)
  addExtras(chart, visit, course, { illness, diagnosis, first })
  const known = course.problems.filter((problem) => course.listed.has(problem.chronic.key))
  const text = writeNote(chart, visit, {
    taken,
    ...(illness === undefined ? {} : { illness }),
    problems: known.map((problem) => problem.chronic.snomed[1]),
    allergies: course.allergies,
    prescribed,
    ordered,
  })
  const note = addNote(chart, visit, text)
  if (random.chance(0.06)) addAddendum(chart, visit, note)
  const diagnoses = illness === undefined ? known.slice(0, 2).map((problem) => problem.chronic.icd10) : [illness.icd10]
  if (random.chance(0.6)) addClaim(chart, visit, services[visit.kind], course.coverage, diagnoses)
}

function addEncounter(chart: Chart, planned: Planned, start: number, course: Course): Visit {
  const { random, practice } = chart
  const clinician = random.chance(0.8) ? primaryCare(chart) : random.pick(practice.clinicians)
  const kind = planned.kind
  const minutes = kind === 'wellness' ? 40 : 20
  const reasons =
    planned.illness === undefined
      ? course.problems
          .filter((problem) => problem.onset <= planned.day)
          .slice(0, 1)
          .map((problem) => problem.chronic.snomed)
      : [planned.illness.snomed]
  const encounter = chart.add(makeEncounter(chart, { start, minutes, kind, clinician, reasons, status: 'finished' }))
  return {
    kind,
    start,
    minutes,
    clinician,
    nurse: random.pick(practice.nurses),
    encounter,
    age: ageInYears(chart.person.birth, planned.day),
  }
}

/** Problems that began since the last visit come on the list, with their medicines and plan. */
function addNewProblems(chart: Chart, visit: Visit, day: Day, course: Course): string[] {
  const prescribed: string[] = []
  for (const problem of course.problems) {
    const { chronic, onset } = problem
    if (onset > day || course.listed.has(chronic.key)) continue
    const target = addProblem(chart, visit, problem)
    course.listed.set(chronic.key, target)
    for (const [at, key] of chronic.medicines.entries()) {
      if (at === 0 || chart.random.chance(0.35)) prescribed.push(addPrescription(chart, visit, key, target))
    }
    if (chronic.plan !== undefined && chart.random.chance(0.7)) addPlan(chart, visit, chronic.plan, target)
  }
  return prescribed
}

/** At a follow-up some medicine runs out and is prescribed again, for a limited time. */
function renewals(chart: Chart, visit: Visit, course: Course): readonly string[] {
  if (visit.kind === 'acute' || !chart.random.chance(0.4)) return []
  const treated = course.problems.filter(
    (problem) => problem.chronic.medicines.length > 0 && course.listed.has(problem.chronic.key),
  )
  if (treated.length === 0) return []
  const { chronic } = chart.random.pick(treated)
  const reason = course.listed.get(chronic.key)
  return reason === undefined ? [] : [addPrescription(chart, visit, chart.random.pick(chronic.medicines), reason, 90)]
}

function orderPanels(
  chart: Chart,
  visit: Visit,
  illness: Acute | undefined,
  had: ReadonlySet<string>,
  course: Course,
): readonly string[] {
  const { random } = chart
  const wanted = new Set<PanelKey>()
  const want = (key: string): void => {
    for (const name of Object.keys(panels)) if (isPanel(name) && name === key) wanted.add(name)
  }
  if (illness?.test === 'urinalysis') want('urinalysis')
  if (visit.kind !== 'acute') {
    for (const { chronic } of course.problems) {
      if (had.has(chronic.key)) for (const panel of chronic.panels) if (random.chance(0.6)) want(panel)
    }
  }
  if (visit.kind === 'wellness' && visit.age >= 35)
    for (const panel of ['metabolic', 'lipids', 'blood-count']) if (random.chance(0.5)) want(panel)
  for (const key of wanted) addPanel(chart, visit, key, course.courses, had)
  if (illness?.test === 'strep')
    addSwab(chart, visit, ['78012-2', 'Streptococcus pyogenes Ag [Presence] in Throat by Rapid immunoassay'], true)
  if (illness?.test === 'sars-cov-2')
    addSwab(
      chart,
      visit,
      ['94558-4', 'SARS-CoV-2 (COVID-19) Ag [Presence] in Respiratory system specimen by Rapid immunoassay'],
      true,
    )
  return [...wanted].map((key) => panels[key].loinc[1])
}

function isPanel(name: string): name is PanelKey {
  return name in panels
}

/** What the visit was about. */
interface Brought {
  readonly illness: Acute | undefined
  readonly diagnosis: Target | undefined
  readonly first: boolean
}

function addExtras(chart: Chart, visit: Visit, course: Course, brought: Brought): void {
  const { random } = chart
  const { illness, diagnosis, first } = brought
  course.vaccinations.addDue(chart, visit)
  if (visit.kind === 'wellness') {
    if (visit.age > 12) addSmokingStatus(chart, visit, course.smoking)
    addScreening(chart, visit)
    if (chart.person.sex === 'female' && visit.age >= 40 && visit.age <= 74 && random.chance(0.2))
      addStudy(chart, visit, 'breast')
  }
  if (course.listed.has('depression') && visit.kind !== 'acute') addDepressionScore(chart, visit, random.whole(1, 17))
  if (illness?.imaging !== undefined && random.chance(0.4)) addStudy(chart, visit, illness.imaging)
  if (illness?.key === 'contact-dermatitis' && random.chance(0.5)) addDocument(chart, visit, 'photograph')
  if (illness?.key === 'cold' && visit.age < 12 && random.chance(0.2))
    addProcedure(chart, visit, ['386053000', 'Evaluation procedure'], diagnosis)
  if (first && random.chance(0.35)) addDocument(chart, visit, 'consent')
  if (visit.kind === 'follow-up' && random.chance(0.06)) {
    addReferral(chart, visit, [...course.listed.values()][0])
    if (random.chance(0.5)) addDocument(chart, visit, 'referral')
  }
}
