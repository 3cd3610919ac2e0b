import { openLog, systemClock } from '#base'
import { fhirRoutes } from '#fhir'
import type { Listening } from '#http'
import { openRecords, type Records } from '#records'
import { officeRoutes } from '#office'
import { smartRoutes } from '#smart'
import { type Got, type Rig, test as withServer } from './http-rig.ts'

interface Rest {
  readonly records: Records
  readonly listening: Listening
  /** A FHIR request below the base, as JSON. */
  fhir(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Got & { json: Record<string, unknown> }>
  /** An office request of the signed-in person. */
  office(cookie: string, method: string, path: string, body?: unknown): Promise<Got & { json: Record<string, unknown> }>
}

/** Text and bytes go as they are, hostile ones too; anything else as JSON. */
function bytesOf(body: unknown): string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
}

/** The whole server in process: all routes, the real store, TLS. `token` is a client's with every system scope. */
export const test = withServer.extend<{ rest: Rest }>({
  rest: async (
    {
      rig,
      db,
      keys,
    }: { rig: Rig; db: Parameters<typeof openRecords>[0]['db']; keys: Parameters<typeof openRecords>[0]['keys'] },
    use,
  ) => {
    const log = openLog('silent')
    const clock = systemClock
    const { identity, ledger } = rig
    const records = await openRecords({ db, keys, ledger, clock, log })
    let url = ''
    const base = (): string => `${url}/fhir/R4`
    const listening = await rig.start([
      ...fhirRoutes({ records, clock, version: 'test', base }),
      ...officeRoutes({
        records,
        identity,
        ledger,
        clock,
        practice: 'Test practice',
        version: 'test',
        started: clock.now(),
        database: async () => ({ kind: 'embedded', version: 'test', bytes: 0 }),
        keys: () => ({ epoch: keys.epoch, source: keys.source }),
      }),
      ...smartRoutes({ identity, tenant: 1 }),
    ])
    url = listening.url
    const { authorization } = await rig.token('system/*.cruds')
    const parse = (got: Got) => ({
      ...got,
      json: got.text.startsWith('{') ? (JSON.parse(got.text) as Record<string, unknown>) : {},
    })
    await use({
      records,
      listening,
      fhir: async (method, path, body, headers = {}) =>
        parse(
          await rig.ask(`/fhir/R4${path}`, {
            method,
            headers: {
              authorization,
              ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
              ...headers,
            },
            ...(body === undefined ? {} : { body: bytesOf(body) }),
          }),
        ),
      office: async (cookie, method, path, body) =>
        parse(
          await rig.ask(`/office${path}`, {
            method,
            headers: {
              cookie,
              'x-chartkeep': '1',
              'sec-fetch-site': 'same-origin',
              ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          }),
        ),
    })
  },
})
