import type { ResourceType } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { formatId, type Id } from '#base'
import { conditionName, turnsOf } from './condition-turns.ts'

// The same in each run, because names of tests have them.
const idAt = <Kind extends string = string>(at: number): Id<Kind> => formatId<Kind>(at, 0, Buffer.alloc(8))

const [una, bo] = [idAt<string>(0), idAt<string>(1)]

test.each<[ResourceType, string, string[]]>([
  ['Patient', 'identifier=urn:lab|7', ['Patient?identifier=7']],
  ['Patient', 'identifier=7', ['Patient?identifier=7']],
  ['Patient', 'identifier=urn:lab|7&family=x', ['Patient?identifier=7']],
  ['Patient', 'identifier=A7', ['Patient?identifier=a7']],
  ['Patient', 'identifier=7,8', ['Patient?identifier=7', 'Patient?identifier=8']],
  ['Patient', 'identifier=7&identifier=a|7', ['Patient?identifier=7']],
  ['Patient', 'identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|A7', ['Patient?identifier=a7']],
  // Whoever has no value, or a value of any system, may be met by any.
  ['Patient', 'identifier=urn:lab|', ['Patient']],
  ['Patient', 'identifier=7,urn:lab|', ['Patient']],
  ['Patient', 'identifier:not=7', ['Patient']],
  ['Patient', 'family=x', ['Patient']],
  ['Patient', '', ['Patient']],
  ['Observation', `patient=${una}`, [`Observation of ${una}`]],
  ['Observation', `subject=Patient/${una}&code=x`, [`Observation of ${una}`]],
  ['Observation', `subject:Patient=${una}`, [`Observation of ${una}`]],
  ['Observation', `patient=${una},${bo}`, [`Observation of ${una}`, `Observation of ${bo}`]],
  ['Observation', `patient=${una},${una}`, [`Observation of ${una}`]],
  ['Observation', `patient=${una}&identifier=7`, ['Observation?identifier=7']],
  ['Observation', 'patient=example', ['Observation']],
  ['Observation', 'patient.identifier=7', ['Observation']],
  ['ValueSet', 'url=http://example.com/a', ['ValueSet?url=http://example.com/a']],
])('%s?%s takes the turns %j', (type, condition, turns) => {
  expect(turnsOf(type, condition)).toEqual(turns)
})

test('one condition has one name, however its parameters are ordered, repeated and escaped', () => {
  const name = conditionName('Patient', 'identifier=a|1&family=x')
  for (const other of ['family=x&identifier=a|1', 'identifier=a%7C1&family=x', 'family=x&identifier=a|1&family=x'])
    expect(conditionName('Patient', other)).toBe(name)
  for (const other of ['identifier=a|1', 'identifier=a|1&family=y', 'identifier=a|1&given=x'])
    expect(conditionName('Patient', other)).not.toBe(name)
  expect(conditionName('Person', 'identifier=a|1&family=x')).not.toBe(name)
})
