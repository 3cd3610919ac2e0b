import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#base'
import type { Keyring } from '#keys'
import type { NewestColumns } from '#ledger'
import { anAccount } from '../../test/identity-states.ts'
import { newKeyring } from '../../test/keyring.ts'
import { accountClaim, type AccountColumns, accountEntry, type AccountState } from './account-state.ts'
import {
  blindPlace,
  clientClaim,
  type ClientColumns,
  clientEntry,
  clientPlace,
  type ClientState,
} from './client-state.ts'
import { padded, sealAt, sealPerson } from './people.ts'
import { seenCode, sessionClaim, type SessionColumns, sessionEntry, type SessionRow } from './session-state.ts'
import { faultOf } from './standings.ts'

// Everything that a state grants is in its code: each column with another value, with none, or of another type, is found.

const otherId = '01890a5d-ac96-8abc-b123-0123456789ab'
const day = Date.parse('2026-03-02T08:00:00Z')
let keys: Keyring
beforeAll(async () => void (keys = await newKeyring()))

const newestOf = (version: number, mac: Uint8Array): NewestColumns => ({
  ...{ newest_version: String(version), newest_ended: false, newest_mac: Buffer.from(mac) },
})

function accountRow(state: AccountState, version = 4): AccountColumns {
  const { mac } = accountEntry(keys, state, version)
  const { password, factor, recovery } = state
  const date = (ms: number | null | undefined) => (ms === null ? null : new Date(ms ?? Number.NaN))
  return {
    ...{ id: state.id, name_key: state.nameKey, person: state.sealedPerson, roles: [...state.roles] },
    ...{ created: new Date(state.created), enrol_by: new Date(state.enrolBy) },
    ...{ disabled: date(state.disabled), last_sign_in: date(state.lastSignIn), round: state.round },
    ...{ version: String(version), mac: Buffer.from(mac) },
    ...{ hash: password?.hash ?? null, salt: password?.salt ?? Buffer.alloc(0), memory: password?.memory ?? 0 },
    ...{ passes: password?.passes ?? 0, lanes: password?.lanes ?? 0, changed: new Date(password?.changed ?? 0) },
    ...{
      secret: factor?.secret ?? null,
      last_step: String(factor?.lastStep),
      enrolled: new Date(factor?.enrolled ?? 0),
    },
    ...{ recovery: recovery.map(({ hash }) => hash), recovery_used: recovery.map(({ used }) => date(used)) },
    ...newestOf(version, mac),
  }
}

function aNamedAccount(): AccountState {
  const account = anAccount()
  return { ...account, sealedPerson: sealPerson(keys, 1, account.id, { user: 'nora', name: 'Nora Lind' }) }
}

const judgeAccount = (row: AccountColumns, tenant = 1) => faultOf(accountClaim(keys, tenant, row))

describe('the code of an account', () => {
  test('fits the row that was written, whatever is absent of it', () => {
    const whole = aNamedAccount()
    const absences: Partial<AccountState>[] = [
      {},
      { password: null },
      { factor: null },
      { recovery: [] },
      { lastSignIn: null, disabled: day + 9 },
    ]
    for (const over of absences) {
      const state = { ...whole, ...over }
      const claim = accountClaim(keys, 1, accountRow(state))
      expect(faultOf(claim)).toBeUndefined()
      expect(claim).toMatchObject({ id: whole.id, version: 4, newest: { version: 4, ended: false } })
      expect(claim.row).toEqual({ ...state, version: 4, person: { user: 'nora', name: 'Nora Lind' } })
    }
  })

  test.each<Partial<Record<keyof AccountColumns, unknown>>>([
    { id: otherId },
    { name_key: Buffer.alloc(32, 9) },
    { name_key: 'text' },
    { person: Buffer.alloc(96, 9) },
    { roles: ['biller', 'nurse'] },
    { roles: ['nurse', 'biller', 'clinician'] },
    { roles: null },
    { created: new Date(day + 1) },
    { created: new Date(Number.POSITIVE_INFINITY) },
    { enrol_by: new Date(day + 8) },
    { disabled: new Date(day) },
    { last_sign_in: null },
    { last_sign_in: new Date(day) },
    { round: 1 },
    { version: '5' },
    { mac: null },
    { hash: null },
    { hash: Buffer.alloc(32, 9) },
    { salt: Buffer.alloc(16, 9) },
    { salt: null },
    { memory: 65 },
    { passes: 2 },
    { lanes: 2 },
    { changed: new Date(day) },
    { secret: null },
    { secret: Buffer.alloc(48, 9) },
    { last_step: '57999999' },
    { enrolled: new Date(day) },
    { recovery: [] },
    { recovery: [Buffer.alloc(32, 8), Buffer.alloc(32, 9)] },
    { recovery_used: [null, null] },
  ])('does not fit one with another %o', (over) => {
    const row = accountRow(aNamedAccount())
    expect(judgeAccount(row)).toBeUndefined()
    expect(judgeAccount({ ...row, ...over } as AccountColumns)).toBe('altered')
  })

  test('does not fit in another practice', () => {
    expect(judgeAccount(accountRow(aNamedAccount()), 2)).toBe('altered')
  })

  test('fits whatever order the recovery codes come in, each with its own use', () => {
    const row = accountRow(aNamedAccount())
    const { recovery, recovery_used: used } = row
    expect(judgeAccount({ ...row, recovery: recovery.toReversed(), recovery_used: used.toReversed() })).toBeUndefined()
    expect(judgeAccount({ ...row, recovery_used: used.toReversed() })).toBe('altered')
  })

  test('is the same in its entry, which says that it goes on', () => {
    const state = aNamedAccount()
    expect(accountEntry(keys, state, 4)).toEqual({
      ...{ kind: 'account', subject: state.id, version: 4, ended: false },
      mac: accountRow(state).mac,
    })
  })
})

function aSession(): SessionRow {
  return {
    ...{ tenant: 1, id: newId<'session'>(day), digest: randomBytes(32), account: newId<'account'>(day), role: 'nurse' },
    ...{ workstation: 'room-3', idleSeconds: 300, started: day, expires: day + 9000, round: 2, version: 3 },
    ...{ lockedAt: null, seen: day + 60, locked: false },
  }
}

function sessionRow(session: SessionRow, ended: number | null = null): SessionColumns {
  const { mac } = sessionEntry(keys, session, ended)
  const { id, digest, account, role, workstation, started, expires, round, version, seen, lockedAt } = session
  return {
    ...{ id, digest, account, role, workstation, idle_seconds: session.idleSeconds, round, version: String(version) },
    ...{ started: new Date(started), expires: new Date(expires), seen: new Date(seen), mac: Buffer.from(mac) },
    ...{ seen_mac: seenCode(keys, session), locked: lockedAt === null ? null : new Date(lockedAt) },
    ...{ ended: ended === null ? null : new Date(ended), ...newestOf(version, mac) },
  }
}

const judgeSession = (row: SessionColumns, tenant = 1) => faultOf(sessionClaim(keys, tenant, row))

describe('the code of a session', () => {
  test('fits the row that was written, open, locked or ended', () => {
    const open = aSession()
    const locked = { ...open, locked: true, lockedAt: day + 70 }
    for (const session of [open, locked]) {
      const claim = sessionClaim(keys, 1, sessionRow(session))
      expect(faultOf(claim)).toBeUndefined()
      expect(claim.row).toEqual(session)
    }
    expect(judgeSession(sessionRow(open, day + 80))).toBeUndefined()
    expect(sessionEntry(keys, open, day + 80)).toMatchObject({
      kind: 'session',
      subject: open.id,
      version: 3,
      ended: true,
    })
    expect(sessionEntry(keys, open).ended).toBe(false)
  })

  test.each<Partial<Record<keyof SessionColumns, unknown>>>([
    { id: otherId },
    { digest: Buffer.alloc(32, 9) },
    { digest: null },
    { account: otherId },
    { role: 'clinician' },
    { workstation: 'room-4' },
    { idle_seconds: 3000 },
    { started: new Date(day + 1) },
    { expires: new Date(day + 10_000) },
    { expires: new Date(Number.POSITIVE_INFINITY) },
    { round: 3 },
    { version: '4' },
    { mac: null },
    { seen: new Date(day + 61) },
    { seen: null },
    { seen_mac: Buffer.alloc(16, 9) },
    { seen_mac: null },
    { locked: new Date(day + 70) },
    { ended: new Date(day + 70) },
    { ended: new Date(Number.POSITIVE_INFINITY) },
  ])('does not fit one with another %o', (over) => {
    const row = sessionRow(aSession())
    expect(judgeSession(row)).toBeUndefined()
    expect(judgeSession({ ...row, ...over } as SessionColumns)).toBe('altered')
  })

  test('does not fit in another practice, nor does the one of its activity in another session', () => {
    const [one, two] = [sessionRow(aSession()), sessionRow(aSession())]
    expect(judgeSession(one, 2)).toBe('altered')
    expect(judgeSession({ ...one, seen: two.seen, seen_mac: two.seen_mac })).toBe('altered')
  })
})

function aClient(): ClientState {
  const id = newId<'client'>(day)
  return {
    ...{ tenant: 1, id, scopes: ['system/Observation.rs', 'system/Patient.r'], created: day, disabledAt: null },
    sealedName: sealAt(keys, clientPlace(1, id), padded('Lab bridge')),
    sealedBlind: sealAt(keys, blindPlace(1, id), padded('It cannot send If-Match.')),
    keys: [
      { kid: 'a', kty: 'EC', jwk: { kty: 'EC', crv: 'P-384', x: 'x', y: 'y' }, added: day + 1 },
      { kid: 'b', kty: 'RSA', jwk: { kty: 'RSA', n: 'n', e: 'e' }, added: day + 2 },
    ],
  }
}

function clientRow(state: ClientState): ClientColumns {
  const { mac } = clientEntry(keys, state, 6)
  return {
    ...{ id: state.id, name: state.sealedName, scopes: [...state.scopes], blind: state.sealedBlind, version: '6' },
    ...{ created: new Date(state.created), disabled: state.disabledAt === null ? null : new Date(state.disabledAt) },
    ...{ mac: Buffer.from(mac), kids: state.keys.map(({ kid }) => kid), ktys: state.keys.map(({ kty }) => kty) },
    ...{ jwks: state.keys.map(({ jwk }) => jwk), added: state.keys.map(({ added }) => new Date(added)) },
    ...newestOf(6, mac),
  }
}

const judgeClient = (row: ClientColumns, tenant = 1) => faultOf(clientClaim(keys, tenant, row))

describe('the code of a client', () => {
  test('fits the row that was written, which says what it is called and why it may update without a version', () => {
    const state = aClient()
    const claim = clientClaim(keys, 1, clientRow(state))
    expect(faultOf(claim)).toBeUndefined()
    expect(claim.row).toEqual({
      ...state,
      ...{
        version: 6,
        name: 'Lab bridge',
        updatesBlindly: 'It cannot send If-Match.',
        disabled: false,
        damaged: false,
      },
    })
    const other = { ...state, sealedBlind: null, disabledAt: day + 5 }
    expect(judgeClient(clientRow(other))).toBeUndefined()
    expect(clientClaim(keys, 1, clientRow(other)).row).toMatchObject({ updatesBlindly: undefined, disabled: true })
    expect(clientEntry(keys, state, 6)).toMatchObject({ kind: 'client', subject: state.id, version: 6, ended: false })
  })

  test.each<Partial<Record<keyof ClientColumns, unknown>>>([
    { id: otherId },
    { name: Buffer.alloc(124, 9) },
    { scopes: ['system/*.cruds'] },
    { scopes: null },
    { blind: null },
    { blind: Buffer.alloc(124, 9) },
    { created: new Date(day + 1) },
    { disabled: new Date(day) },
    { version: '7' },
    { mac: null },
    { kids: ['a', 'c'] },
    { kids: ['a'] },
    { ktys: ['EC', 'EC'] },
    { ktys: ['EC'] },
    {
      jwks: [
        { kty: 'EC', crv: 'P-384', x: 'x', y: 'z' },
        { kty: 'RSA', n: 'n', e: 'e' },
      ],
    },
    { jwks: [null, { kty: 'RSA', n: 'n', e: 'e' }] },
    { jwks: null },
    { added: [new Date(day + 1), new Date(day + 3)] },
    { added: [null, null] },
  ])('does not fit one with another %o', (over) => {
    const row = clientRow(aClient())
    expect(judgeClient(row)).toBeUndefined()
    expect(judgeClient({ ...row, ...over } as ClientColumns)).toBe('altered')
  })

  test('does not fit in another practice', () => {
    expect(judgeClient(clientRow(aClient()), 2)).toBe('altered')
  })

  test('fits whatever order the database keeps keys and their members in', () => {
    const row = clientRow(aClient())
    const turned = {
      ...{ ...row, kids: row.kids.toReversed(), ktys: row.ktys.toReversed(), added: row.added.toReversed() },
      jwks: row.jwks.toReversed().map((jwk) => Object.fromEntries(Object.entries(jwk).toReversed())),
    }
    expect(judgeClient(turned)).toBeUndefined()
  })
})
