import { type Code, concept, type Element, type Json, loincSystem, type Resource } from '../../synthetic/resource.ts'
import * as words from '../words/index.ts'
import { base, core, meta, ref, type Shape, snomed, someone, stamp, text, time } from './parts.ts'

function observation(category: Code, code: Code, value: Element, profile: readonly string[]): Resource {
  return {
    resourceType: 'Observation',
    id: someone,
    meta: profile.length === 0 ? stamp : meta(...profile),
    status: 'final',
    category: [concept('observation-category', category[0], category[1])],
    code: text(loincSystem, code),
    subject: ref('Patient'),
    encounter: ref('Encounter'),
    effectiveDateTime: time,
    issued: time,
    ...value,
  }
}

export function* observations(): Generator<Shape> {
  for (const [code, unit, category] of words.measurements) {
    const value =
      unit === ''
        ? { valueCodeableConcept: snomed(words.answers[3] ?? code) }
        : { valueQuantity: { value: 7.5, unit, system: 'http://unitsofmeasure.org', code: unit } }
    const profile =
      category === 'vital-signs' ? [`${base}${vitalProfile(code[0])}`, `${base}vitalsigns`] : [`${core}observation-lab`]
    for (const display of [category, category === 'laboratory' ? 'Laboratory' : 'Vital Signs']) {
      yield { weight: 40, resource: observation([category, display], code, value, profile) }
    }
  }
  for (const code of words.surveys) {
    for (const answer of words.answers)
      yield {
        weight: 2,
        resource: observation(['survey', 'survey'], code, { valueCodeableConcept: snomed(answer) }, []),
      }
    yield {
      weight: 10,
      resource: observation(
        ['survey', 'survey'],
        code,
        { valueQuantity: { value: 7.5, unit: '{score}', system: 'http://unitsofmeasure.org', code: '{score}' } },
        [],
      ),
    }
  }
  for (const answer of words.answers) {
    yield {
      weight: 20,
      resource: observation(
        ['social-history', 'social-history'],
        ['72166-2', 'Tobacco smoking status NHIS'],
        { valueCodeableConcept: snomed(answer) },
        [`${core}smokingstatus`],
      ),
    }
  }
  const pressure = { unit: 'mm[Hg]', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' }
  const part = (code: Code): Json => ({ code: text(loincSystem, code), valueQuantity: { value: 7.5, ...pressure } })
  const systolic: Code = ['8480-6', 'Systolic Blood Pressure']
  const diastolic: Code = ['8462-4', 'Diastolic Blood Pressure']
  for (const [name, order] of [
    ['Blood Pressure', [diastolic, systolic]],
    ['Blood pressure panel with all children optional', [systolic, diastolic]],
  ] as const) {
    yield {
      weight: 80,
      resource: observation(['vital-signs', 'vital-signs'], ['85354-9', name], { component: order.map(part) }, [
        `${base}bp`,
        `${base}vitalsigns`,
      ]),
    }
  }
}

function vitalProfile(code: string): string {
  const known: Readonly<Record<string, string>> = {
    '8302-2': 'bodyheight',
    '29463-7': 'bodyweight',
    '39156-5': 'bmi',
    '8310-5': 'bodytemp',
    '8867-4': 'heartrate',
    '9279-1': 'resprate',
    '2708-6': 'oxygensat',
    '59408-5': 'oxygensat',
    '9843-4': 'headcircum',
  }
  return known[code] ?? 'vitalsigns'
}
