import { describe, expect, test } from 'vitest'
import { indexClass, type IndexClass, indexClasses, parametersOfClass } from './index-class.ts'
import { resourceTypes } from './resource-type.ts'
import { searchParameter, searchParameters } from './search-parameter.ts'

describe('which index serves a parameter', () => {
  test.each<[string, Parameters<typeof indexClass>, IndexClass]>([
    ['a diagnosis, only within its patient', ['Condition', 'code'], 'patient'],
    ['a result: not at all', ['Observation', 'value-quantity'], 'none'],
    ['the reason of a visit: not at all', ['Encounter', 'reason-code'], 'none'],
    ['a visit’s state, only within its patient', ['Encounter', 'status'], 'patient'],
    ['the day of an appointment, across patients', ['Appointment', 'date'], 'operational'],
    ['the day of an encounter, across patients', ['Encounter', 'date'], 'operational'],
    ['the number that a laboratory gives its report', ['DiagnosticReport', 'identifier'], 'identity'],
    ['the requisition that orders share', ['ServiceRequest', 'requisition'], 'identity'],
    ['the accession of a specimen', ['Specimen', 'accession'], 'identity'],
    ['the address of a definition', ['ValueSet', 'url'], 'identity'],
    ['a task by its owner, across patients', ['Task', 'owner'], 'operational'],
    ['a record number', ['Patient', 'identifier'], 'identity'],
    ['a name, in memory', ['Patient', 'family'], 'memory'],
    ['sex, which everyone shares with half the world: not at all', ['Patient', 'gender'], 'none'],
    ['a death: not at all', ['Patient', 'deceased'], 'none'],
    ['the name of a practitioner: the directory is gone through', ['Practitioner', 'family'], 'none'],
    ['what a provenance is of, within its patient', ['Provenance', 'target'], 'patient'],
    ['the id, which is the key itself', ['Observation', '_id'], 'key'],
  ])('%s', (_, [type, code], name) => {
    expect(indexClass(type, code)).toBe(name)
  })

  test('every parameter of every type has one', () => {
    for (const type of resourceTypes) {
      for (const { code } of searchParameters(type)) {
        expect(Object.keys(indexClasses)).toContain(indexClass(type, code))
      }
    }
  })

  test('identifiers of every type are looked up: interfaces write by their own number', () => {
    const others = resourceTypes.filter(
      (type) => searchParameter(type, 'identifier') !== undefined && indexClass(type, 'identifier') !== 'identity',
    )
    expect(others).toEqual([])
  })

  test('what is stored for a type is what the classes say', () => {
    for (const type of resourceTypes) {
      for (const name of ['patient', 'identity', 'operational'] as const) {
        const served = searchParameters(type).filter(({ code }) => indexClass(type, code) === name)
        expect(parametersOfClass(type, name).toSorted()).toEqual(served.map(({ code }) => code).toSorted())
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
