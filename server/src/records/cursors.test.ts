import { createSecretKey, randomBytes } from 'node:crypto'
import type { ResourceType } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { formatId, type Id, parseId } from '#base'
import { seal } from '#keys'
import { type Actor, Grant, parseScope } from '#policy'
import { openMark, sealMark } from './marks.ts'
import { openCursor, sealCursor } from './search/cursor.ts'

// The same in each run, because names of tests have them.
const idAt = <Kind extends string = string>(at: number): Id<Kind> => formatId<Kind>(at, 0, Buffer.alloc(8))

const key = createSecretKey(randomBytes(32))
const [una, bo] = [idAt<'account'>(0), idAt<'account'>(1)]
const person = (id = una, tenant = 1): Actor => ({
  kind: 'person',
  tenant,
  id,
  role: 'clinician',
  session: idAt(0),
  workstation: 'w',
})
const grant = (actor: Actor = person(), type: ResourceType = 'Observation') =>
  Grant.for({ actor, action: 'search', type, purpose: 'TREAT' })

const place = { at: 1_234_567, id: idAt<string>(2) }
const continued = { place, question: 'status=final', began: 99 }
const invalid = expect.objectContaining({ code: 'parameter-invalid' })

test.each([
  continued,
  { ...continued, place: { ...place, owner: idAt<'patient'>(3) } },
  { ...continued, keys: ['a', 5, null] },
  { ...continued, late: 'now' as const },
  { ...continued, late: 'later' as const, total: 0 },
  { ...continued, total: 12 },
])('a cursor opens as it was sealed: %j', (one) => {
  expect(openCursor(key, grant(), 'Observation', sealCursor(key, grant(), 'Observation', one))).toEqual(one)
})

test.each([
  {},
  'x',
  [],
  ['5', place.id, null, 'q', 1],
  [5, 'x', null, 'q', 1],
  [5, 7, null, 'q', 1],
  [5, place.id, null, null, 1],
  [5, place.id, null, 'q', '1'],
  [null, null, null, null, null],
])('what opens and is no cursor of this version is refused: %j', (parts) => {
  const context = Buffer.from(['cursor', '1', 'person', una, 'Observation'].join('\0'))
  const sealed = seal(key, Buffer.from(JSON.stringify(parts)), context).toString('base64url')
  expect(() => openCursor(key, grant(), 'Observation', sealed)).toThrow(invalid)
})

test('a cursor shows nothing of what was asked', () => {
  const text = sealCursor(key, grant(), 'Observation', continued)
  expect(Buffer.from(text, 'base64url').toString('latin1')).not.toMatch(/final|1234567/)
  expect(text).toMatch(/^[\w-]+$/)
})

// Each of the two: what the search hands out, and what histories and charts do.
const makes = [
  ['a cursor', (who: Grant, asked: string) => sealCursor(key, who, asked, continued), (who: Grant, asked: string, text: string) => openCursor(key, who, asked, text)],
  ['a mark', (who: Grant, asked: string) => sealMark(key, who, asked, 'here'), (who: Grant, asked: string, text: string) => openMark(key, who, asked, text)],
] as const // oxfmt-ignore

test.each(makes)(
  '%s is good for whom it was given to and for what they asked, and for nothing else',
  (_, seal, open) => {
    const text = seal(grant(), 'Observation')
    expect(() => open(grant(), 'Observation', text)).not.toThrow()
    const client: Actor = {
      kind: 'client',
      tenant: 1,
      id: parseId<'client'>(una)!,
      workstation: 'w',
      scopes: [parseScope('system/*.rs')!],
    }
    const others = [grant(person(bo)), grant(person(una, 2)), grant(client)]
    for (const other of others) expect(() => open(other, 'Observation', text)).toThrow(invalid)
    expect(() => open(grant(), 'Condition', text)).toThrow(invalid)
    for (const broken of ['', 'x', `${text}x`.slice(2), text.slice(0, -2)])
      expect(() => open(grant(), 'Observation', broken)).toThrow(invalid)
  },
)

test('a mark does not open as a cursor, nor the other way round', () => {
  expect(() => openCursor(key, grant(), 'a', sealMark(key, grant(), 'a', '[]'))).toThrow(invalid)
  expect(() => openMark(key, grant(), 'a', sealCursor(key, grant(), 'a', continued))).toThrow(invalid)
})
