import { bare, type Chart, type Visit } from './chart.ts'
import * as codes from './codes/vitals.ts'
import { type Code, concept, type Element, loinc, profile, quantity, type Resource, round } from './resource.ts'

/** How one body changes over the years: each measurement starts from the last one. */
export interface Body {
  /** Adult height in cm, or what it will be. */
  readonly height: number
  massIndex: number
  systolic: number
  pulse: number
}

export function makeBody(chart: Chart, problems: ReadonlySet<string>): Body {
  const { random, person } = chart
  return {
    height: random.normal(person.sex === 'female' ? 163 : 176, 6.5),
    massIndex: random.normal(problems.has('obesity') ? 33.5 : 25.2, 2.6),
    systolic: random.normal(problems.has('hypertension') ? 141 : 118, 8),
    pulse: random.normal(72, 6),
  }
}

/** One visit's measurements, taken by the nurse in the first minutes. */
export function addVitals(
  chart: Chart,
  visit: Visit,
  body: Body,
  problems: ReadonlySet<string>,
  fever: boolean,
): Taken {
  const { random } = chart
  const age = visit.age
  const child = age < 18
  const years = Math.min(18, (visit.start / 1440 - chart.person.birth) / 365.25)
  const height = round(body.height * growthAt(years), 1)
  body.massIndex = Math.max(16, body.massIndex + random.normal(0.06, 0.45))
  const massIndex = childMassIndex(years, body.massIndex)
  const weight = round((massIndex * height * height) / 10_000, 1)
  const aim = child ? 92 + age * 1.7 : (problems.has('hypertension') ? 133 : 117) + Math.max(0, age - 50) * 0.25
  body.systolic += (aim - body.systolic) * 0.35 + random.normal(0, 6)
  const systolic = Math.round(body.systolic)
  const diastolic = Math.round(systolic * (child ? 0.61 : 0.58) + random.normal(6, 4))
  const degrees = round(fever ? random.normal(38.4, 0.5) : random.normal(36.7, 0.2), 1)
  const pulse = Math.round(body.pulse + (child ? (17 - age) * 2.2 : 0) + (fever ? 14 : 0) + random.normal(0, 4))
  const breaths = Math.round((child ? 28 - age * 0.8 : 15) + (fever ? 2 : 0) + random.normal(0, 1.2))
  const saturation = Math.min(100, Math.round(random.normal(problems.has('copd') ? 93.5 : 97.8, 0.9)))

  const at = visit.start + 4
  const vital = (name: string, code: Code, value: Element): Resource => ({
    resourceType: 'Observation',
    meta: profile(name),
    status: 'final',
    category: [concept('observation-category', 'vital-signs', 'Vital Signs')],
    code: loinc(code),
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    effectiveDateTime: chart.time(at),
    issued: chart.time(at),
    performer: [bare(visit.nurse)],
    ...value,
  })
  const one = (name: string, code: Code, value: number, unit: string, ucum = unit): void => {
    chart.add(vital(name, code, { valueQuantity: quantity(value, unit, ucum) }))
  }
  if (age >= 3) {
    const pressure = { component: [part(codes.systolic, systolic), part(codes.diastolic, diastolic)] }
    chart.add(vital('blood-pressure', codes.bloodPressure, pressure))
  }
  one('heart-rate', codes.heartRate, pulse, '/min')
  if (visit.kind !== 'follow-up') {
    one('body-temperature', codes.temperature, degrees, 'Cel')
    one('respiratory-rate', codes.respiratoryRate, breaths, '/min')
    chart.add({
      ...vital('pulse-oximetry', codes.oxygenSaturation, { valueQuantity: quantity(saturation, '%') }),
      code: {
        coding: [...codingsOf(codes.oxygenSaturation), ...codingsOf(codes.arterialSaturation)],
        text: codes.oxygenSaturation[1],
      },
    })
  }
  if (visit.kind !== 'acute' || child) {
    one('body-height', codes.bodyHeight, height, 'cm')
    one('body-weight', codes.bodyWeight, weight, 'kg')
    one('bmi', codes.massIndex, round(massIndex, 1), 'kg/m2')
  }
  return { systolic, diastolic, degrees, pulse, weight, saturation }
}

export interface Taken {
  readonly systolic: number
  readonly diastolic: number
  readonly degrees: number
  readonly pulse: number
  readonly weight: number
  readonly saturation: number
}

function codingsOf(code: Code): readonly Element[] {
  return [{ system: 'http://loinc.org', code: code[0], display: code[1] }]
}

function part(code: Code, value: number): Element {
  return { code: loinc(code), valueQuantity: quantity(value, 'mmHg', 'mm[Hg]') }
}

// Age in years and share of the adult height, close enough to the growth charts for a plot to look right.
// oxfmt-ignore
const growth = [
  [0, 0.3], [0.25, 0.36], [0.5, 0.395], [1, 0.445], [1.5, 0.485], [2, 0.515], [3, 0.565], [4, 0.605], [5, 0.645],
  [6, 0.68], [8, 0.75], [10, 0.815], [12, 0.88], [14, 0.945], [16, 0.985], [18, 1],
] as const

// Age in years and mass index of a child: up in the first year, down until school, and then towards the adult's.
// oxfmt-ignore
const infantMassIndex = [[0, 13.4], [0.25, 16], [0.75, 17.2], [1.5, 16.6], [3, 15.9], [5.5, 15.4]] as const

function growthAt(years: number): number {
  return interpolate(growth, years)
}

function childMassIndex(years: number, adult: number): number {
  if (years <= 5.5) return interpolate(infantMassIndex, years)
  return 15.4 + (adult - 15.4) * Math.min(1, (years - 5.5) / 12.5) ** 1.2
}

function interpolate(points: readonly (readonly [x: number, y: number])[], x: number): number {
  let [x0, y0] = points[0] ?? [0, 0]
  for (const [x1, y1] of points) {
    if (x <= x1) return x1 === x0 ? y1 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
    ;[x0, y0] = [x1, y1]
  }
  return y0
}

/** Asked once a year of everyone over twelve. */
export function addSmokingStatus(chart: Chart, visit: Visit, status: Code): void {
  chart.add({
    resourceType: 'Observation',
    meta: profile('smokingstatus'),
    status: 'final',
    category: [concept('observation-category', 'social-history', 'Social History')],
    code: loinc(codes.smokingStatus),
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    effectiveDateTime: chart.time(visit.start + 6),
    issued: chart.time(visit.start + 6),
    performer: [bare(visit.nurse)],
    valueCodeableConcept: {
      coding: [{ system: 'http://snomed.info/sct', code: status[0], display: status[1] }],
      text: status[1],
    },
  })
}

/** PHQ-9 total: 0 to 27. */
export function addDepressionScore(chart: Chart, visit: Visit, score: number): void {
  chart.add({
    resourceType: 'Observation',
    meta: profile('observation-screening-assessment'),
    status: 'final',
    category: [concept('observation-category', 'survey', 'Survey')],
    code: loinc(codes.depressionScore),
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    effectiveDateTime: chart.time(visit.start + 7),
    issued: chart.time(visit.start + 7),
    performer: [bare(visit.nurse)],
    valueQuantity: quantity(score, '{score}'),
  })
}
