import fc from 'fast-check'
import { expect, test } from 'vitest'
import { covers, parseScope } from '#policy'
import { negotiate } from './negotiate.ts'

test.each<[string, string, string[], string[]]>([
  ['what is registered is granted', 'system/Observation.rs', ['system/Observation.rs'], ['system/Observation.rs']],
  ['less is granted when less is asked', 'system/Observation.r', ['system/*.cruds'], ['system/Observation.r']],
  [
    'more is not: the part that is registered is',
    'system/Observation.cruds',
    ['system/Observation.rs'],
    ['system/Observation.rs'],
  ],
  [
    'of everything, the types that are registered',
    'system/*.rs',
    ['system/Patient.rs', 'system/Encounter.r'],
    ['system/Patient.rs', 'system/Encounter.r'],
  ],
  [
    'two that cover it together grant it whole',
    'system/Patient.rs',
    ['system/Patient.r', 'system/*.s'],
    ['system/Patient.rs'],
  ],
  [
    'S-20 v1 words are kept',
    'system/Patient.read system/Patient.write',
    ['system/*.*'],
    ['system/Patient.read', 'system/Patient.write'],
  ],
  ['S-20 read does not give change', 'system/Patient.*', ['system/Patient.read'], ['system/Patient.rs']],
  [
    'S-31 what is not registered is left out',
    'system/Patient.rs system/Claim.rs',
    ['system/Patient.rs'],
    ['system/Patient.rs'],
  ],
  ['S-20 letters out of order are no scope', 'system/Patient.sr', ['system/*.cruds'], []],
  ['no scope for other kinds of app', 'patient/Patient.rs user/Patient.rs launch openid', ['system/*.cruds'], []],
  ['no scope for types that are none', 'system/Secret.rs', ['system/*.cruds'], []],
  ['S-31 nothing asked, nothing granted', '', ['system/*.cruds'], []],
  ['nothing registered that is a scope, nothing granted', 'system/Patient.rs', ['everything', 'user/*.rs'], []],
  ['twice asked, once granted', 'system/Patient.rs  system/Patient.rs', ['system/*.rs'], ['system/Patient.rs']],
])('%s', (_, asked, registered, granted) => {
  expect(negotiate(asked, registered)).toEqual(granted)
})

test('S-31 whatever is asked and registered, nothing granted goes beyond what is registered or what was asked', () => {
  const letters = fc.subarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 }).map((some) => some.join(''))
  const scope = fc
    .tuple(fc.constantFrom('*', 'Patient', 'Observation', 'Claim'), letters)
    .map(([type, some]) => `system/${type}.${some}`)
  const scopes = fc.array(scope, { maxLength: 5 })
  fc.assert(
    fc.property(scopes, scopes, (asked, registered) => {
      const parsed = (texts: readonly string[]) => texts.map((text) => parseScope(text)!)
      for (const granted of parsed(negotiate(asked.join(' '), registered))) {
        expect(covers(parsed(registered), granted)).toBe(true)
        expect(covers(parsed(asked), granted)).toBe(true)
      }
    }),
  )
})
