import { describe, expect, test } from 'vitest'
import { expand } from './expand.ts'
import { shipped, shippedValueSets } from './shipped.ts'
import { subsumption } from './subsumes.ts'
import { openTerminology } from './terminology.ts'
import { openMembers } from './validate-code.ts'

const terminology = openTerminology(shipped)

test('membership, validation and expansion agree on every code of every shipped value set that is known in full', () => {
  let complete = 0
  for (const url of shippedValueSets) {
    const expansion = expand(shipped, shipped.valueSet(url)!)
    if (!expansion.complete) continue
    complete++
    const membership = terminology.members(url)!
    const judge = openMembers(shipped, shipped.valueSet(url)!)
    const systems = new Set([...expansion.members.values()].map(({ system }) => system))
    for (const system of systems) {
      const codes = new Set([
        ...(shipped.codeSystem(system)?.concepts.keys() ?? []),
        ...[...expansion.members.values()].filter((one) => one.system === system).map(({ code }) => code),
        'no-such-code',
      ])
      for (const code of codes) {
        const member = expansion.members.get(`${system}\n${code}`)
        const inside = member !== undefined && !member.abstract
        const { result } = judge({ system, version: undefined, code, display: undefined }, false)
        if (membership.contains(system, code) !== inside || result !== inside) expect([url, system, code]).toEqual([])
      }
    }
  }
  expect(complete).toBeGreaterThan(1_100)
})

describe('what search asks', () => {
  const gender = 'http://hl7.org/fhir/administrative-gender'

  test('is answered for a value set with or without its version', () => {
    const membership = terminology.members('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1')
    expect(membership?.complete).toBe(true)
    expect(membership?.contains(gender, 'female')).toBe(true)
    expect(membership?.contains(undefined, 'female')).toBe(true)
    expect(membership?.contains('http://snomed.info/sct', 'female')).toBe(false)
    expect(terminology.members('http://hl7.org/fhir/ValueSet/administrative-gender|9')).toBeUndefined()
    expect(terminology.members('https://example.com/unknown')).toBeUndefined()
    expect(terminology.members('__proto__')).toBeUndefined()
  })

  test('is not complete where a code system is not here', () => {
    expect(terminology.members('http://hl7.org/fhir/ValueSet/condition-code')?.complete).toBe(false)
  })

  test('is what a code subsumes, with itself', () => {
    const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
    expect(terminology.subsumed(actCode, 'IMP')).toEqual(new Set(['IMP', 'ACUTE', 'NONAC']))
    expect([...terminology.subsumers(actCode, 'ACUTE')!]).toEqual(
      expect.arrayContaining(['ACUTE', 'IMP', '_ActEncounterCode']),
    )
    expect(terminology.subsumed('http://snomed.info/sct', '73211009')).toBeUndefined()
    expect(terminology.subsumed(actCode, 'nothing')).toBeUndefined()
  })
})

test('subsumption has a direction', () => {
  const system = shipped.codeSystem('http://terminology.hl7.org/CodeSystem/v3-ActCode')!
  expect(subsumption(system, 'IMP', 'ACUTE')).toBe('subsumes')
  expect(subsumption(system, 'ACUTE', 'IMP')).toBe('subsumed-by')
  expect(subsumption(system, 'IMP', 'IMP')).toBe('equivalent')
  expect(subsumption(system, 'AMB', 'IMP')).toBe('not-subsumed')
  expect(subsumption(system, 'AMB', 'nothing')).toBeUndefined()
})

describe('a code is judged with its reason', () => {
  const judgeIn = (url: string, asked: Partial<Parameters<ReturnType<typeof openMembers>>[0]>, abstract = false) =>
    openMembers(shipped, shipped.valueSet(url)!)(
      { system: undefined, version: undefined, code: '', display: undefined, ...asked },
      abstract,
    )
  const genders = 'http://hl7.org/fhir/ValueSet/administrative-gender'
  const system = 'http://hl7.org/fhir/administrative-gender'

  test('right, with its display', () => {
    expect(judgeIn(genders, { system, code: 'female', display: 'FEMALE' })).toEqual({ result: true, display: 'Female' })
    expect(judgeIn(genders, { code: 'female' })).toEqual({ result: true, display: 'Female' })
  })

  test('right, but for its display', () => {
    expect(judgeIn(genders, { system, code: 'female', display: 'Male' })).toMatchObject({
      result: false,
      display: 'Female',
    })
  })

  test.each([
    [genders, { system, code: 'woman' }, 'not in the value set'],
    [genders, { system: 'http://snomed.info/sct', code: 'female' }, 'not in the value set'],
    [
      'http://hl7.org/fhir/ValueSet/condition-code',
      { system: 'http://snomed.info/sct', code: '44054006' },
      'not known here',
    ],
    [genders, { system, version: '9', code: 'female' }, 'not known here'],
    [
      'http://terminology.hl7.org/ValueSet/v3-ActCode',
      { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: '_ActEncounterCode' },
      'groups others',
    ],
    [
      'http://hl7.org/fhir/ValueSet/insuranceplan-type',
      { system: 'http://terminology.hl7.org/CodeSystem/insurance-plan-type', code: 'x' },
      'in the part that is known',
    ],
  ])('wrong: %s %j', (url, asked, why) => {
    const { result, message } = judgeIn(url, asked)
    expect(result).toBe(false)
    expect(message).toContain(why)
  })

  test('a group is right where groups are asked for', () => {
    const asked = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: '_ActEncounterCode' }
    expect(judgeIn('http://terminology.hl7.org/ValueSet/v3-ActCode', asked, true).result).toBe(true)
  })
})
