import type { Resource } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { type Id, newId, Refusal } from '#base'
import { homePatient, otherSubjects, requireSamePatient } from './home-patient.ts'

const [una, bo, group] = [newId<'patient'>(0), newId<'patient'>(1), newId<string>(2)]
const to = (reference: string) => ({ reference })
const about = (patient: string) => ({ resourceType: 'Observation', subject: to(`Patient/${patient}`) })
const resource = (resourceType: string, elements: object) => ({ resourceType, ...elements }) as Resource

test.each<[string, Resource, Id<'patient'> | undefined]>([
  ['its subject', resource('Observation', { subject: to(`Patient/${una}`) }), una],
  [
    'the subject, whoever performed it',
    resource('Observation', { performer: [to(`Patient/${bo}`)], subject: to(`Patient/${una}`) }),
    una,
  ],
  ['who took part, where it has no subject', resource('Observation', { performer: [to(`Patient/${bo}`)] }), bo],
  [
    'who took part, where the subject is a group',
    resource('Observation', { subject: to(`Group/${group}`), performer: [to(`Patient/${bo}`)] }),
    bo,
  ],
  ['nobody, where it is of a group', resource('Observation', { subject: to(`Group/${group}`) }), undefined],
  ['nobody, where it names none', resource('Observation', {}), undefined],
  [
    'nobody: a patient is kept under their own id',
    resource('Patient', { link: [{ other: to(`Patient/${bo}`) }] }),
    undefined,
  ],
  ['the patient of a type outside the compartment', resource('Task', { for: to(`Patient/${una}`) }), una],
  ['the one patient that a Bundle holds', resource('Bundle', { entry: [{ resource: about(una) }] }), una],
  [
    'nobody, where a Bundle holds two',
    resource('Bundle', {
      entry: [{ resource: about(una) }, { resource: about(bo) }],
    }),
    undefined,
  ],
  ['nobody, where a Bundle holds none', resource('Bundle', { entry: [] }), undefined],
])('a record is kept with %s', (_, one, expected) => {
  expect(homePatient(one)).toBe(expected)
})

const findings = (work: () => unknown) => {
  try {
    return void work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return [error.code, ...error.findings.map(({ expression, text }) => `${expression}: ${text}`)]
  }
}

test.each<[string, object, string, RegExp]>([
  ['a bare id', { subject: to(una) }, 'Observation.subject', /leads to no patient/],
  ['an id that is not one of ours', { subject: to('Patient/example') }, 'Observation.subject', /leads to no patient/],
  ['a group by an id that is not ours', { subject: to('Group/example') }, 'Observation.subject', /leads to no patient/],
  ['a name alone', { subject: { display: 'Canary' } }, 'Observation.subject', /by type and id/],
  [
    'who took part by no id of ours',
    { performer: [to('Patient/example')] },
    'Observation.performer',
    /leads to no patient/,
  ],
])('what would be in nobody’s chart is refused, naming the element: %s', (_, elements, path, words) => {
  const [code, finding = ''] = findings(() => homePatient(resource('Observation', elements))) ?? []
  expect(code).toBe('reference-unresolved')
  expect(finding.startsWith(path)).toBe(true)
  expect(finding).toMatch(words)
})

test('who took part without an id of ours harms nothing where the subject is known', () => {
  const one = resource('Observation', { subject: to(`Patient/${una}`), performer: [to('Patient/example')] })
  expect(homePatient(one)).toBe(una)
})

test('a version stays with the patient of the one before', () => {
  const one = resource('Observation', { subject: to(`Patient/${una}`) })
  expect(findings(() => requireSamePatient(one, una))).toBeUndefined()
  for (const other of [bo, undefined])
    expect(findings(() => requireSamePatient(one, other))).toEqual([
      'patient-changed',
      'Observation.subject: The version before is in another chart, or in none.',
    ])
  expect(findings(() => requireSamePatient(resource('Observation', {}), una))?.[1]).toMatch(/^Observation: /)
  expect(findings(() => requireSamePatient(resource('Patient', {}), una))).toBeUndefined()
})

test('records of other types that say whom a record is about are named, if they can be here', () => {
  expect(otherSubjects(resource('Observation', { subject: to(`Group/${group}`) }))).toEqual([group])
  expect(otherSubjects(resource('Observation', { subject: to('Group/example') }))).toEqual([])
  expect(otherSubjects(resource('Observation', { subject: to(`Patient/${una}`) }))).toEqual([])
  expect(otherSubjects(resource('Observation', { performer: [to(`Practitioner/${group}`)] }))).toEqual([])
})
