import { type Id, parseId } from '#base'
import { recallStates } from '#ledger'
import { listRows } from './account-rows.ts'
import * as accounts from './accounts.ts'
import { listClientRows } from './client-rows.ts'
import * as clients from './clients.ts'
import { confirm, type SignedIn } from './confirm.ts'
import { isWorkstation } from './known-places.ts'
import { channel, parseNotice, parseStateNotice, stateChannel } from './notices.ts'
import { assemble, type By, type From, type Given, type Parts } from './parts.ts'
import { purge } from './purge.ts'
import { changePassword, checkPassword, takeRole, unlock } from './reauthenticate.ts'
import { type PendingSignIn, signIn, type SignInAttempt } from './sign-in.ts'
import type { Presence } from './presence.ts'
import { Sessions } from './sessions.ts'
import type { Turn } from './watchers.ts'
import { type IssuedToken, type TokenHolder, Tokens } from './tokens.ts'

/** Who is there: sign-in, sessions, clients and their tokens. What they may do is not known here. */
export interface Identity {
  /** For the account and client functions of this module, which take them. */
  readonly parts: Parts
  /**
   * Reads the states of all who were ever let in: no earlier one lets anybody in from now on. Before anybody is asked for.
   * Throws LedgerCut when some are not there any more.
   */
  recall(): Promise<void>

  /** Throws 'sign-in-failed' whatever was wrong, 'sign-in-throttled' (its remedy says for how long). */
  signIn(attempt: SignInAttempt, from: From): Promise<PendingSignIn>
  /** The second step: six digits or a recovery code. Throws as signIn does. The secret goes into the cookie. */
  confirm(ticket: string, code: string, from: From): Promise<SignedIn>
  /** Undefined when the secret opens nothing. A locked session is found and says so. */
  findSession(secret: string): Promise<Presence | undefined>
  /** The person at the screen did something. Throws 'session-locked'. */
  touch(presence: Presence): Promise<void>
  lock(presence: Presence, request: string): Promise<void>
  /** A new secret. Throws 'sign-in-failed' (the fifth time the session is over), 'sign-in-throttled', 'not-signed-in'. */
  unlock(secret: string, password: string, from: From): Promise<SignedIn>
  /** A new secret. Throws 'not-permitted' for a role that the person does not hold. */
  takeRole(secret: string, role: string, from: From): Promise<SignedIn>
  /** The password again for one act, such as signing a note. Throws as unlock does; the tenth time the session is over. */
  checkPassword(presence: Presence, password: string, from: From): Promise<void>
  /** A new secret; all other sessions of the person end. Throws 'sign-in-failed', 'password-unsuitable'. */
  changePassword(
    secret: string,
    passwords: { readonly present: string; readonly next: string },
    from: From,
  ): Promise<SignedIn>
  signOut(presence: Presence, request: string): Promise<void>
  /** Whether a workstation's cookie was made here, at once and without a query: it opens nothing. */
  isWorkstation(cookie: string): boolean
  /** Calls once when the session is locked, over or in another role than now, by whichever process. Returns how to stop. */
  watch(presence: Presence, call: (now: Turn) => void): () => void

  disableAccount(tenant: number, account: string, by: By): Promise<void>
  changeRoles(tenant: number, account: string, roles: readonly string[], by: By): Promise<void>
  resetSecondFactor(tenant: number, account: string, by: By): Promise<void>
  endAllSessions(tenant: number, account: string, by: By): Promise<void>
  /** Names of accounts and clients by id; of those there are. */
  namesOf(tenant: number, ids: readonly string[]): Promise<ReadonlyMap<string, string>>

  /** Throws 'client-invalid'. */
  authenticateClient(
    form: clients.ClientForm,
    endpoint: clients.Endpoint,
    from: Caller,
  ): Promise<clients.AuthenticatedClient>
  issueToken(
    client: { tenant: number; id: Id<'client'> },
    scopes: readonly string[],
    from: Caller,
  ): Promise<IssuedToken>
  findToken(token: string): Promise<TokenHolder | undefined>
  revokeToken(token: string, client: { tenant: number; id: Id<'client'> }, from: Caller): Promise<void>
  disableClient(tenant: number, client: string, by: By): Promise<void>

  /** Hears of changes in other processes; locks what is idle, ends and removes what is over. */
  start(): Promise<void>
  stop(): Promise<void>
}

type Caller = { readonly workstation: string; readonly request: string }

const defaultSweepMs = 5000
const sweepsPerPurge = 60
const sweepsPerFlush = 12

export function openIdentity(given: Given): Identity {
  const parts = assemble(given)
  const sessions = new Sessions(parts)
  const tokens = new Tokens(parts)
  const rounds = openRounds(parts, sessions, tokens, given)

  /** What was done to an account holds here at once, and elsewhere when the notice arrives. */
  const forgetting = async (account: string, work: Promise<void>): Promise<void> => {
    try {
      await work
    } finally {
      sessions.forget({ kind: 'account', id: account })
    }
  }

  return {
    parts,
    recall: rounds.recall,
    signIn: (attempt, from) => signIn(parts, attempt, from),
    confirm: async (ticket, code, from) => {
      const signedIn = await confirm(parts, sessions, ticket, code, from)
      // One of the person's sessions may have been ended for this one.
      sessions.forget({ kind: 'account', id: signedIn.presence.id })
      return signedIn
    },
    findSession: (secret) => sessions.find(secret),
    touch: (presence) => sessions.touch(presence),
    lock: (presence, request) => sessions.lock(presence, request),
    unlock: (secret, password, from) => unlock(parts, sessions, secret, password, from),
    takeRole: (secret, role, from) => takeRole(parts, sessions, secret, role, from),
    checkPassword: (presence, password, from) => checkPassword(parts, sessions, presence, password, from),
    changePassword: (secret, passwords, from) => changePassword(parts, sessions, secret, passwords, from),
    signOut: (presence, request) => sessions.end(presence, request),
    isWorkstation: (cookie) => isWorkstation(parts, cookie),
    watch: (presence, call) => sessions.watch(presence, call),

    disableAccount: (tenant, account, by) => forgetting(account, accounts.disableAccount(parts, tenant, account, by)),
    changeRoles: (tenant, account, roles, by) =>
      forgetting(account, accounts.changeRoles(parts, tenant, account, roles, by)),
    resetSecondFactor: (tenant, account, by) =>
      forgetting(account, accounts.resetSecondFactor(parts, tenant, account, by)),
    endAllSessions: (tenant, account, by) => forgetting(account, accounts.endAllSessions(parts, tenant, account, by)),
    namesOf: (tenant, ids) => namesOf(parts, tenant, ids),

    authenticateClient: (form, endpoint, from) => clients.authenticateClient(parts, form, endpoint, from),
    issueToken: (client, scopes, from) => tokens.issue(client, scopes, from),
    findToken: (token) => tokens.find(token),
    revokeToken: (token, client, from) => tokens.revoke(token, client, from),
    disableClient: async (tenant, client, by) => {
      await clients.disableClient(parts, tenant, client, by)
      tokens.forget(client)
    },

    start: rounds.start,
    stop: rounds.stop,
  }
}

async function namesOf(parts: Parts, tenant: number, asked: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(asked)].map((id) => parseId(id)).filter((id) => id !== undefined)
  return parts.db.transact(tenant, async (tx) => {
    const people = await listRows(tx, parts, tenant, ids)
    const programs = await listClientRows(tx, parts, tenant, ids)
    const names = new Map<string, string>()
    // A name opens in its own row alone, so it is right whatever became of the rest of the row.
    for (const { id, row } of people) if (row !== undefined) names.set(id, row.person.name)
    for (const { id, row } of programs) if (row !== undefined) names.set(id, row.name)
    return names
  })
}

/** Notices and the work that time brings. */
function openRounds(
  parts: Parts,
  sessions: Sessions,
  tokens: Tokens,
  { log, sweepMs = defaultSweepMs }: Pick<Given, 'log' | 'sweepMs'>,
): Pick<Identity, 'recall' | 'start' | 'stop'> {
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> = Promise.resolve()
  let count = 0

  const sweep = async (): Promise<void> => {
    count++
    if (count % sweepsPerFlush === 0) await parts.repeated.flush()
    try {
      await sessions.sweep()
      if (count % sweepsPerPurge === 1) {
        for (const tenant of new Set([...sessions.tenants(), ...tokens.tenants()])) await purge(parts, tenant)
      }
    } catch (error) {
      // The database is away: nothing is let in meanwhile, and the next round comes.
      log.warn({ err: error }, 'sessions could not be swept')
    }
  }

  const recall = async (): Promise<void> =>
    recallStates(parts.db, parts.keys.ledger, (state) => parts.standings.recall(state))

  return {
    recall,
    async start() {
      await parts.db.listen(stateChannel, (payload) => {
        const state = parseStateNotice(payload)
        if (state !== undefined) return parts.standings.raise(state)
        recall().catch((error: unknown) => log.error({ err: error }, 'states of who is let in could not be read again'))
      })
      await parts.db.listen(channel, (payload) => {
        const notice = parseNotice(payload)
        sessions.note(notice)
        tokens.note(notice)
      })
      timer = setInterval(() => void (round = round.then(sweep)), sweepMs)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      await round
      await parts.repeated.flush()
    },
  }
}
