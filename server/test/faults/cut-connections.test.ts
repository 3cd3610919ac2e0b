import { setTimeout as pause } from 'node:timers/promises'
import type { Resource } from '@chartkeep/model/fhir'
import { describe, expect } from 'vitest'
import { type Id, openLog, type Refusal, systemClock } from '#base'
import { openDatabase, socketTarget } from '#db'
import { type Ledger, openLedger, verifyLedger } from '#ledger'
import { openRecords, parseStored, type Records, verifyRecords } from '#records'
import { create, createPatient, grant, newRequest, observation, person, test as base } from '../fixtures.ts'
import { type Cut, type CuttingProxy, openCuttingProxy } from './cutting-proxy.ts'

interface Cutting {
  /** The store, with the proxy between it and PostgreSQL. */
  readonly far: Records
  readonly proxy: CuttingProxy
  readonly patient: Id<'patient'>
  /** The versions of a record, and under which requests they were written. */
  look(id: Id<string>): Promise<{ values: unknown[]; requests: string[] }>
  /** The ledger and the records agree. */
  verify(): Promise<void>
}

const log = openLog('silent')
const clock = systemClock

const test = base.extend<{ cutting: Cutting }>({
  cutting: async ({ target, keys, records, ledger, db }, use) => {
    const connection = target.connection('app')
    const proxy = await openCuttingProxy(String(connection.host))
    const farTarget = socketTarget(proxy.socketFolder, String(connection.database), (role) => keys.password(role))
    const farDb = openDatabase(farTarget, log)
    const farLedger: Ledger = openLedger({ db: farDb, keys, clock, log, witnesses: [], origin: 'test.example/ledger' })
    const far = await openRecords({ db: farDb, keys, ledger: farLedger, clock, log })
    const patient = await createPatient(records)
    await use({
      ...{ far, proxy, patient },
      async look(id) {
        const { versions } = await records
          .history(grant('history', 'Observation'), id, { count: 100 }, newRequest())
          .catch(() => ({ versions: [] }))
        const { accesses } = await ledger.accessesOf(1, patient, { count: 1000 })
        const writes = accesses.filter((entry) => entry.records.some((one) => one.changed && one.id === id))
        return {
          values: versions.map(({ json }) => valueOf(parseStored(json))),
          requests: writes.map(({ request }) => request),
        }
      },
      async verify() {
        const { faults } = await verifyLedger({ db, keys: keys.ledger, witnesses: [] })
        expect(faults).toEqual([])
        expect((await verifyRecords({ db, keys, clock, tenant: 1 })).faults).toEqual([])
      },
    })
    await farLedger.stop()
    await farDb.close()
    await proxy.close()
  },
})

const valueOf = (resource: Resource): unknown => (resource['valueQuantity'] as { value: number }).value
const cuts = ['unsent', 'unanswered', 'late'] as const satisfies readonly Cut[]

function update(patient: Id<'patient'>, id: Id<string>, value: number, ifMatch = 1) {
  const resource = { ...observation(patient, '8480-6', '2026-03-01T10:00:00Z', value), id }
  return { kind: 'update', grant: grant('update', 'Observation'), resource, id, ifMatch } as const
}

function creation(patient: Id<'patient'>, value: number) {
  const resource = observation(patient, '8480-6', '2026-03-01T10:00:00Z', value)
  return { kind: 'create', grant: grant('create', 'Observation'), resource } as const
}

describe.each(cuts)('a connection cut in mid-commit, the commit %s:', (where) => {
  test('a create is done once, and says so', async ({ cutting: { far, proxy, patient, look, verify } }) => {
    proxy.cutNext('records.insert', where)
    const request = newRequest()
    const [written] = await far.write([creation(patient, 7)], request)
    expect(proxy.cuts).toBe(1)
    expect(await look(written!.id)).toEqual({ values: [7], requests: [request] })
    await verify()
  })

  test('an update is done once, and says so', async ({ cutting: { far, proxy, patient, look, verify }, records }) => {
    const { id } = await create(records, observation(patient, '8480-6', '2026-03-01T10:00:00Z', 1))
    proxy.cutNext('records.replace', where)
    const request = newRequest()
    const [written] = await far.write([update(patient, id, 2)], request)
    expect(proxy.cuts).toBe(1)
    expect(written?.version).toBe(2)
    expect(await look(id)).toMatchObject({ values: [2, 1], requests: [request, expect.any(String)] })
    await verify()
  })

  test.for([20, 60])('all %i of a transaction are there, once', async (size, { cutting }) => {
    const { far, proxy, patient, look, verify } = cutting
    const [first, ...rest] = Array.from({ length: size }, (_, index) => creation(patient, index))
    proxy.cutNext('records.insert', where)
    const request = newRequest()
    const written = await far.write([first!, ...rest], request)
    expect(proxy.cuts).toBe(1)
    for (const [index, { id }] of written.entries())
      expect(await look(id)).toEqual({ values: [index], requests: [request] })
    await verify()
  })

  test('who was too late within the same transaction is still told so', async ({ cutting, records }) => {
    const { far, proxy, patient, look, verify } = cutting
    const [mine, contested] = [await create(records, observation(patient)), await create(records, observation(patient))]
    // One transaction is at work, so that the next two changes wait and share one.
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    proxy.before('records.insert', async () => {
      reached.resolve()
      await gate.promise
    })
    const creating = far.write([creation(patient, 8)], newRequest())
    await reached.promise
    // Both read version 1; before their shared transaction changes anything, another process changes one of them.
    proxy.before('records.keep', async () => {
      await records.write([update(patient, contested.id, 50)], newRequest())
    })
    proxy.cutNext('records.replace', where)
    const changes = [
      far.write([update(patient, mine.id, 2)], newRequest()),
      far.write([update(patient, contested.id, 3)], newRequest()),
    ]
    setTimeout(gate.resolve, 200)
    const outcomes = await Promise.allSettled(changes)
    await creating
    expect(proxy.cuts).toBe(1)
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'version-conflict' } },
    ])
    expect((await look(mine.id)).values).toEqual([2, 120])
    expect((await look(contested.id)).values).toEqual([50, 120])
    await verify()
  })

  test('a read whose entry may not be durable releases nothing', async ({ cutting, records }) => {
    const { far, proxy, patient } = cutting
    const { id } = await create(records, observation(patient))
    proxy.cutNext('ledger-append', where)
    const read = far.read(grant('read', 'Observation', person()), id, newRequest())
    await expect(read).rejects.toMatchObject({ code: 'ledger-unavailable' } satisfies Partial<Refusal>)
    expect(proxy.cuts).toBe(1)
    await expect(far.read(grant('read', 'Observation', person()), id, newRequest())).resolves.toBeDefined()
  })
})

describe('when PostgreSQL stays away after the commit was sent', () => {
  test('the caller is told that nobody knows, and what was saved is whole', async ({ cutting }) => {
    const { far, proxy, patient, look } = cutting
    proxy.cutNext('records.insert', 'unanswered')
    proxy.before('records.insert', async () => {
      proxy.closed = true
    })
    const began = performance.now()
    const writes = [creation(patient, 1), creation(patient, 2)] as const
    await expect(far.write(writes, newRequest())).rejects.toMatchObject({ code: 'outcome-unknown' })
    // Well within the 60 seconds that a write may take.
    expect(performance.now() - began).toBeLessThan(30_000)
    proxy.closed = false
    await pause(100)
    const [written] = await far.write([creation(patient, 3)], newRequest())
    expect((await look(written!.id)).values).toEqual([3])
  })
})

test('a record changed again before the check is still known to have been saved', async ({ cutting, records }) => {
  const { far, proxy, patient, look, verify } = cutting
  const { id } = await create(records, observation(patient))
  proxy.cutNext('records.replace', 'unanswered')
  // The check comes by this statement, and finds that the newest version is another's by now.
  proxy.before('records.keep', async () => {
    proxy.before('records.saved', async () => {
      await records.write([update(patient, id, 3, 2)], newRequest())
    })
  })
  const [written] = await far.write([update(patient, id, 2)], newRequest())
  expect(written?.version).toBe(2)
  expect((await look(id)).values).toEqual([3, 2, 120])
  await verify()
})

test('what failed after another change of the same flush was saved takes nothing back from it', async ({
  cutting: { far, proxy, patient, look, verify },
  records,
}) => {
  const { id } = await create(records, observation(patient, '8480-6', '2026-03-01T10:00:00Z', 1))
  // One transaction is at work, so that the next two changes wait; of one record, they are two transactions.
  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  proxy.before('records.insert', async () => {
    reached.resolve()
    await gate.promise
  })
  const first = far.write([creation(patient, 9)], newRequest())
  await reached.promise
  const both = Promise.allSettled([2, 3].map((value) => far.write([update(patient, id, value)], newRequest())))
  await pause(100)
  // The first of the two prepares this statement and uses it; where it comes next, PostgreSQL is gone.
  const pass = async (): Promise<void> => undefined
  proxy.before('records.keep', pass)
  proxy.before('records.keep', pass)
  proxy.before('records.keep', async () => void (proxy.closed = true))
  gate.resolve()
  await first
  const outcomes = await both
  proxy.closed = false
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(outcomes[1]).toMatchObject({ reason: { code: 'storage-unavailable' } })
  expect((await look(id)).values).toEqual([2, 1])
  await verify()
})
