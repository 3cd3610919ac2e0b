import { describe, expect, test } from 'vitest'
import { chartReferences } from './chart-references.ts'
import { patientPaths } from './generated/compartment.ts'
import { isResourceType, type ResourceType } from './resource-type.ts'
import { shapeOf } from './structure.ts'

/** A resource with this reference at the end of a path, in lists where R4 has lists. */
function withReference(type: ResourceType, path: string, reference: object) {
  const build = (holder: string, steps: readonly string[]): unknown => {
    const [name, ...rest] = steps
    if (name === undefined) return reference
    const rule = shapeOf(holder).rules.get(name)
    if (rule === undefined) throw new Error(`${holder} has no ${name}`)
    const value = build(rule.shape?.().name ?? '', rest)
    return { [name]: rule.many ? [value] : value }
  }
  return { ...(build(type, path.split('.')) as object), resourceType: type }
}

const paths = Object.entries(patientPaths).flatMap(([type, text]) =>
  text.split(' ').map((path): [ResourceType, string] => {
    if (!isResourceType(type)) throw new Error('a type of the table is one of R4')
    return [type, path]
  }),
)

describe.each<[string, object, string]>([
  ['a patient of ours', { reference: 'Patient/1' }, 'patient'],
  ['a version of one', { reference: 'Patient/1/_history/3' }, 'patient'],
  ['a bare id', { reference: '1' }, 'nowhere'],
  ['a type in the wrong case', { reference: 'patient/1' }, 'nowhere'],
  ['a type alone', { reference: 'Patient/' }, 'nowhere'],
  ['too long a path', { reference: 'fhir/Patient/1' }, 'nowhere'],
  ['a urn', { reference: 'urn:uuid:7a6f7a5e-8d0c-4e5f-9d5c-0a4a4c9be111' }, 'nowhere'],
  ['any other address', { reference: 'https://example.com/1' }, 'nowhere'],
  ['a patient of another server', { reference: 'https://example.com/fhir/Patient/1' }, 'nowhere'],
  ['a search', { reference: 'Patient?identifier=urn:mrn|1' }, 'nowhere'],
  ['a display alone', { display: 'A patient' }, 'described'],
  ['an identifier alone', { identifier: { value: '1' } }, 'described'],
  ['a group', { reference: 'Group/1' }, 'other'],
  ['a described group', { type: 'Group', display: 'A herd' }, 'elsewhere'],
  ['a group of another server', { reference: 'https://example.com/fhir/Group/1' }, 'elsewhere'],
])('%s', (_, reference, kind) => {
  test('is told apart in every element of the compartment of a patient', () => {
    for (const [type, path] of paths) {
      const [found] = chartReferences(withReference(type, path, reference))
      expect([type, path, found?.leadsTo.kind]).toEqual([type, path, kind])
      expect(found?.path.replaceAll('[0]', '')).toBe(`${type}.${path}`)
    }
  })
})

test('a contained patient is in nobody’s chart, a contained device is another type', () => {
  const contained = [
    { resourceType: 'Patient', id: 'p' },
    { resourceType: 'Device', id: 'd' },
  ]
  const kinds = ['#p', '#d'].map(
    (reference) => chartReferences({ resourceType: 'Observation', contained, subject: { reference } })[0]?.leadsTo.kind,
  )
  expect(kinds).toEqual(['nowhere', 'elsewhere'])
})

test('types outside the compartment are asked for the patient they point to, in lists too', () => {
  const patient = { reference: 'Patient/1' }
  expect(chartReferences({ resourceType: 'Device', patient })[0]?.leadsTo.kind).toBe('patient')
  expect(chartReferences({ resourceType: 'Task', for: patient })[0]?.leadsTo.kind).toBe('patient')
  expect(chartReferences({ resourceType: 'Contract', subject: [patient] })[0]?.path).toBe('Contract.subject[0]')
  expect(chartReferences({ resourceType: 'Organization' })).toEqual([])
})
