import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId } from '#base'
import { eventOf, nobody } from './parts.ts'
import { endEvent, personBy, presenceOf } from './presence.ts'
import type { SessionRow } from './session-state.ts'

const now = Date.parse('2026-03-02T08:00:00Z')
const by = { actor: nobody, workstation: 'room-3', request: randomUUID() }
const session: SessionRow = {
  ...{ tenant: 7, id: newId<'session'>(now), digest: Buffer.alloc(32), account: newId<'account'>(now), role: 'nurse' },
  ...{ workstation: 'room-4', idleSeconds: 300, started: now, expires: now + 9, round: 1, version: 2, lockedAt: null },
  ...{ seen: now, locked: false },
}

test('an entry of this module says who, where, when and what, and names no record', () => {
  expect(eventOf(7, now, by, { action: 'lock' })).toEqual({
    ...{ tenant: 7, at: now, actor: { kind: 'anonymous' }, workstation: 'room-3', action: 'lock', outcome: 'done' },
    ...{ types: [], patients: [], records: [], request: by.request },
  })
  const more = { outcome: 'refused', details: { why: 'user' }, states: [] } as const
  expect(eventOf(7, now, by, { action: 'lock', ...more })).toMatchObject(more)
})

test('what a person did in a session is theirs, in their role and at its workstation', () => {
  expect(personBy(session, 'request')).toEqual({
    ...{ actor: { kind: 'person', id: session.account, role: 'nurse' }, workstation: 'room-4', request: 'request' },
  })
})

test('who a session stands for is told without its secret', () => {
  expect(presenceOf(session)).toEqual({
    ...{ kind: 'person', tenant: 7, id: session.account, session: session.id, role: 'nurse', workstation: 'room-4' },
    ...{ locked: false, idleSeconds: 300, started: now, expires: now + 9 },
  })
})

test('the end of a session says why, and whether it was as it was written', () => {
  const ended = { id: session.id, account: session.account, fault: undefined, states: [] }
  const entry = endEvent(7, ended, now, by, 'limit')
  expect(entry).toMatchObject({ tenant: 7, action: 'sign-out', states: [] })
  expect(entry.details).toEqual({ account: session.account, session: session.id, reason: 'limit' })
  expect(endEvent(7, { ...ended, fault: 'altered' }, now, by, 'user').details).toMatchObject({ fault: 'altered' })
})
