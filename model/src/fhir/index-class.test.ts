import { describe, expect, test } from 'vitest'
import { indexClass, type IndexClass } from './index-class.ts'
import { resourceTypes } from './resource-type.ts'
import { searchParameters } from './search-parameter.ts'

describe('which index serves a parameter', () => {
  test.each<[string, Parameters<typeof indexClass>, IndexClass]>([
    ['a diagnosis, only within its patient', ['Condition', 'code'], 'patient'],
    ['a result, only within its patient', ['Observation', 'value-quantity'], 'patient'],
    ['the reason of a visit, only within its patient', ['Encounter', 'reason-code'], 'patient'],
    ['the day of a visit, across patients', ['Encounter', 'date'], 'operational'],
    ['orders to be signed, across patients', ['ServiceRequest', 'status'], 'operational'],
    ['a task by its owner, across patients', ['Task', 'owner'], 'operational'],
    ['the kind of a task, across patients', ['Task', 'code'], 'operational'],
    ['a name', ['Patient', 'family'], 'identity'],
    ['a birth date', ['RelatedPerson', 'birthdate'], 'identity'],
    ['sex, which everyone shares with half the world: not at all', ['Patient', 'gender'], 'none'],
    ['a death: not at all', ['Patient', 'deceased'], 'none'],
    ['the name of a practitioner', ['Practitioner', 'family'], 'operational'],
    ['the id, which is the key itself', ['Observation', '_id'], 'none'],
  ])('%s', (_, [type, code], name) => {
    expect(indexClass(type, code)).toBe(name)
  })

  test('every parameter of every type has one', () => {
    for (const type of resourceTypes) {
      for (const { code } of searchParameters(type)) {
        expect(['patient', 'operational', 'identity', 'none']).toContain(indexClass(type, code))
      }
    }
  })

  test('no coded clinical content of a patient crosses patients', () => {
    const clinical =
      /^(code|reason-code|diagnosis|value-.*|component-.*|combo-.*|vaccine-code|medication|substance|result|conclusion|category)$/
    const crossing = resourceTypes.flatMap((type) =>
      searchParameters(type)
        .filter(({ code }) => clinical.test(code) && indexClass(type, code) === 'operational')
        .map(({ code }) => `${type}.${code}`),
    )
    const aboutPeople = crossing.filter((one) =>
      /^(Condition|Observation|Procedure|Medication(Request|Statement|Administration|Dispense)|AllergyIntolerance|Immunization|DiagnosticReport|Encounter|Claim|Composition|DocumentReference|CarePlan|Goal|RiskAssessment|FamilyMemberHistory|ServiceRequest)\./.test(
        one,
      ),
    )
    expect(aboutPeople).toEqual([])
  })

  test('a parameter that the type does not have is a mistake of the caller', () => {
    expect(() => indexClass('Patient', 'nonsense')).toThrow('no such search parameter')
  })
})
