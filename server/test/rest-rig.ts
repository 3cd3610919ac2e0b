import { once } from 'node:events'
import { expect } from 'vitest'
import { type Log, newId, openLog, systemClock } from '#base'
import type { Database } from '#db'
import type { Listening } from '#http'
import { createAccount, findAccount } from '#identity'
import type { Keyring } from '#keys'
import type { FoundEntry } from '#ledger'
import type { Role } from '#policy'
import { openRecords, type Records } from '#records'
import { allRoutes } from '../src/routes.ts'
import { type Desk, openDesk, type Reply, reply } from './desk.ts'
import { type Rig, test as withServer } from './http-rig.ts'
import { entryIdsIn } from './entries.ts'

export interface Rest {
  readonly records: Records
  readonly listening: Listening
  /** A FHIR request below the base, as JSON, of a program with every scope; bytes and text go as they are. */
  fhir(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** An account without a second factor yet. */
  hire(...roles: Role[]): Promise<{ id: string; user: string; password: string; name: string }>
  /** Someone at a screen, signed in over the wire with these roles, the first one in use. */
  desk(...roles: [Role, ...Role[]]): Promise<Desk>
  /** Creates a record through FHIR and answers its id. */
  make(resource: object): Promise<string>
  /** A patient with a name that stands nowhere else. */
  patient(over?: object): Promise<string>
  /** Every entry of the ledger, oldest first. */
  entries(): Promise<FoundEntry[]>
  /** All that was logged, at every level. */
  logged(): string
}

/** Words that are health information in these tests: none of them is ever logged. */
export const canaries = ['Zwyssig', 'Quirina', 'MRN-77Q', 'canary', 'CANARY']

const systemActor = { actor: { kind: 'system' }, workstation: 'test', request: newId(systemClock.now()) } as const

/** The whole server in process: all routes, the real store, TLS, and a log that is read when the test is over. */
export const test = withServer.extend<{ rest: Rest }>({
  rest: async ({ rig, db, keys }: { rig: Rig; db: Database; keys: Keyring }, use) => {
    const clock = systemClock
    const lines: string[] = []
    const log: Log = openLog('trace', { write: (line: string) => void lines.push(line) })
    const { identity, ledger } = rig
    const records = await openRecords({
      ...{ db, keys, ledger, clock, log },
      handOf: async (tenant, account) => findAccount(identity.parts, tenant, account),
    })
    let url = ''
    const routes = allRoutes({
      ...{ records, identity, ledger, clock, tenant: 1, practice: 'Test practice', version: 'test' },
      started: clock.now(),
      origin: () => url,
      database: async () => ({ kind: 'embedded', version: 'test', bytes: 0 }),
      keys: () => ({ epoch: keys.epoch, source: keys.source }),
    })
    const listening = await rig.start(routes, { log })
    url = listening.url
    await identity.start()
    const { authorization } = await rig.token('system/*.cruds')

    const fhir: Rest['fhir'] = async (method, path, body, headers = {}) =>
      reply(
        await rig.ask(`/fhir/R4${path}`, {
          method,
          headers: {
            authorization,
            ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: bytesOf(body) }),
        }),
      )

    const make: Rest['make'] = async (resource) => {
      const { status, json, text } = await fhir(
        'POST',
        `/${(resource as { resourceType: string }).resourceType}`,
        resource,
      )
      expect(status, text).toBe(201)
      return String(json['id'])
    }

    let hired = 0
    const hire: Rest['hire'] = async (...roles) => {
      const name = `Person Number ${++hired}`
      const person = { user: `person-${hired}`, name, password: `marigold kettle under fog ${hired}` }
      return { ...person, id: await createAccount(identity.parts, { tenant: 1, roles, ...person }, systemActor) }
    }

    await use({
      ...{ records, listening, fhir, hire, make },
      desk: async (...roles) => openDesk(rig, await hire(...roles)),
      patient: async (over = {}) => make({ ...zwyssig, ...over }),
      async entries() {
        const ids = await db.transact(1, entryIdsIn)
        const found = await Promise.all(ids.map((id) => ledger.find(1, id)))
        return found.filter((entry) => entry !== undefined)
      },
      logged: () => lines.join(''),
    })
    // H-V08, ASVS V14: whatever a test did, nobody it was about is named in the log.
    const said = lines.filter((line) => canaries.some((canary) => line.includes(canary)))
    expect(said).toEqual([])
  },
})

const zwyssig = {
  resourceType: 'Patient',
  name: [{ use: 'official', family: 'Zwyssig', given: ['Quirina', 'Maria'] }],
  birthDate: '1961-03-12',
  gender: 'female',
  identifier: [
    {
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
      system: 'urn:mrn',
      value: 'MRN-77Q',
    },
  ],
}

/** Text and bytes go as they are, hostile ones too; anything else as JSON. */
function bytesOf(body: unknown): string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
}

/** Server-sent events as they come. */
export interface Following {
  /** The next event, parsed; beats and comments are passed over. */
  next(): Promise<{ event: string; data: unknown }>
  readonly ended: Promise<void>
  /** All that has come so far, head included. */
  text(): string
  close(): void
}

/** Opens a stream of events and waits for its first bytes. */
export async function follow(rig: Rig, path: string, cookie: string): Promise<Following> {
  const socket = await rig.connect()
  let text = ''
  let read = 0
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  socket.on('error', () => undefined)
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\ncookie: ${cookie}\r\nsec-fetch-site: same-origin\r\n\r\n`)
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
    // The server ends the answer and keeps the connection: the last chunk is empty.
    socket.on('data', () => text.endsWith('0\r\n\r\n') && resolve())
  })
  while (!text.includes(': open') && !/^HTTP\/1\.1 [45]/.test(text)) await once(socket, 'data')
  return {
    ended,
    text: () => text,
    close: () => void socket.destroy(),
    async next() {
      for (;;) {
        const found = /event: (\w+)\ndata: (.*)\n\n/g
        found.lastIndex = read
        const match = found.exec(text)
        if (match !== null) {
          read = found.lastIndex
          return { event: match[1]!, data: JSON.parse(match[2]!) as unknown }
        }
        await once(socket, 'data', { signal: AbortSignal.timeout(10_000) })
      }
    },
  }
}
