import { expect, test } from 'vitest'
import { Refusal } from '#base'
import { namingParameter } from './parameter-name.ts'

function refusalOf(name: string, place: number, thrown: Error): Refusal {
  try {
    namingParameter(name, place, () => {
      throw thrown
    })
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error('it is refused')
}
const invalid = new Refusal('parameter-invalid')

test.each([
  ...['code', 'value-quantity', '_id', 'subject:Patient', 'subject:Patient.birthdate', '_has:Observation:patient:code'],
  ...['_list', '_sort', '_count', '_include', '_include:iterate', '_revinclude', '_summary', '_total', '_elements'],
  ...['_contained', 'code:missing', 'name:exact', 'name:contains', 'code:text', 'code:not', 'code:in', 'code:not-in'],
  ...['code:above', 'code:below', 'identifier:of-type'],
])('a refusal repeats a name that is made of words of R4: %s', (name) => {
  const { code, findings, cause } = refusalOf(name, 3, invalid)
  expect([code, findings[0]?.expression, cause]).toEqual(['parameter-invalid', `http.${name}`, invalid])
})

test.each(['Zwyssig', 'code:Zwyssig', 'subject:Patient.Zwyssig', 'Zwyssig.code', ''])(
  'what else somebody wrote there may be health information, so its place is told: %j',
  (name) => {
    const [finding] = refusalOf(name, 3, new Refusal('parameter-unknown')).findings
    expect(finding).toMatchObject({ expression: 'http', text: expect.stringContaining('in place 3') })
    expect(finding?.text).not.toContain('Zwyssig')
  },
)

test('a name of 200 characters is told by its place, whatever its words', () => {
  const long = (nots: number) => `code${':not'.repeat(nots)}`
  expect(refusalOf(long(48), 1, invalid).findings[0]?.expression).toBe(`http.${long(48)}`)
  expect(refusalOf(long(49), 1, invalid).findings[0]?.expression).toBe('http')
})

test('what was read is returned, and every other failure passes through as it is', () => {
  expect(namingParameter('code', 1, () => 7)).toBe(7)
  const denied = new Refusal('not-permitted', { rule: 'x' })
  expect(refusalOf('code', 1, denied)).toBe(denied)
  const bug = new TypeError('a bug')
  expect(() => refusalOf('code', 1, bug)).toThrow(bug)
})
