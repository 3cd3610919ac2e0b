import { setTimeout as pause } from 'node:timers/promises'
import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import { type Clock, describeError, type Id, type Log, newId, Refusal, type RefusalCode } from '#base'
import { type Action, Grant, type Job } from '#policy'
import type { Records } from '#records'

export interface NamedResource {
  readonly id: Id<string>
  readonly resource: Resource
}

export type Outcome = 'written' | 'present' | Refusal

/** The store, as an import uses it: in one actor's name, patiently, and each record judged alone when need be. */
export interface ImportStore {
  /** Which of these are there already; `type` is one of theirs. */
  existing(type: ResourceType, ids: readonly Id<string>[]): Promise<ReadonlySet<string>>
  /** Ids that a query on identifiers leads to. */
  match(type: ResourceType, query: string): Promise<Id<string>[]>
  /** Does the work while nobody else, of whichever process, creates on one of these conditions. */
  inTurn(conditions: readonly string[], work: () => Promise<void>): Promise<void>
  /** What became of each. Throws a Refusal only when the store stays away. */
  write(resources: readonly NamedResource[]): Promise<Outcome[]>
}

export interface StoreParts {
  readonly records: Pick<Records, 'write' | 'existing' | 'match' | 'inTurn'>
  readonly job: Job
  readonly clock: Clock
  readonly log: Log
  /** How long to go on trying while the store is away. */
  readonly patienceSeconds: number
}

/** The store is not there, or could not say: worth another try, and no fault of the records. */
const passing: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'storage-unavailable',
  'ledger-unavailable',
  'outcome-unknown',
  'conflict',
  'timed-out',
])

export function openStore({ records, job, clock, log, patienceSeconds }: StoreParts): ImportStore {
  const grants = new Map<string, Grant>()

  function grantFor<A extends Action>(action: A, type: ResourceType): Grant<A> {
    const name = `${action} ${type}`
    let grant = grants.get(name)
    if (grant === undefined) grants.set(name, (grant = Grant.for({ actor: job, action, type, purpose: 'SYSADMIN' })))
    // oxlint-disable-next-line no-unsafe-type-assertion -- kept under the action that it was made for
    return grant as Grant<A>
  }

  async function patiently<T>(work: (again: boolean) => Promise<T>): Promise<T> {
    const giveUp = clock.now() + patienceSeconds * 1000
    for (let tries = 0; ; tries++) {
      try {
        return await work(tries > 0)
      } catch (error) {
        if (!isPassing(error) || clock.now() > giveUp) throw error
        await pause(Math.min(100 * 2 ** tries, 2000))
      }
    }
  }

  const request = (): string => newId<'request'>(clock.now())

  async function existing(type: ResourceType, ids: readonly Id<string>[]): Promise<ReadonlySet<string>> {
    return ids.length === 0 ? new Set() : records.existing(grantFor('create', type), ids)
  }

  /** All in one transaction. When something is in the way: without what is there by now, then in halves. */
  async function write(resources: readonly NamedResource[], outcomes: Map<string, Outcome>): Promise<void> {
    const [first, ...rest] = resources.map(
      ({ id, resource }) =>
        ({ kind: 'create', id, resource, grant: grantFor('create', resource.resourceType) }) as const,
    )
    if (first === undefined) return
    try {
      await records.write([first, ...rest], request())
      for (const { id } of resources) outcomes.set(id, 'written')
    } catch (error) {
      if (isPassing(error)) throw error
      if (error instanceof Refusal && error.code === 'version-conflict' && (await skipExisting(resources, outcomes))) {
        return write(
          resources.filter(({ id }) => !outcomes.has(id)),
          outcomes,
        )
      }
      if (rest.length === 0) return void outcomes.set(first.id, refusalOf(error))
      const middle = Math.ceil(resources.length / 2)
      await write(resources.slice(0, middle), outcomes)
      await write(resources.slice(middle), outcomes)
    }
  }

  /** True when some are there. */
  async function skipExisting(resources: readonly NamedResource[], outcomes: Map<string, Outcome>): Promise<boolean> {
    const [first] = resources
    if (first === undefined) return false
    const there = await existing(
      first.resource.resourceType,
      resources.map(({ id }) => id),
    )
    for (const id of there) outcomes.set(id, 'present')
    return there.size > 0
  }

  function refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) return error
    log.error({ err: describeError(error) }, 'a record could not be imported')
    return new Refusal('internal', { cause: error })
  }

  return {
    existing: (type, ids) => patiently(() => existing(type, ids)),
    match: async (type, query) => {
      const found = await patiently(() => records.match(grantFor('search', type), query, request()))
      return found.map(({ id }) => id)
    },
    async inTurn(conditions, work) {
      let done: Promise<void> | undefined
      // What the work throws it throws in the end; only the turn is asked for again.
      await patiently(() =>
        records.inTurn(conditions, async () => {
          done = work()
          await done.catch(() => undefined)
        }),
      )
      await done
    },
    async write(resources) {
      const outcomes = new Map<string, Outcome>()
      await patiently(async (again) => {
        const left = [...new Map(resources.map((one) => [one.id, one])).values()].filter(({ id }) => !outcomes.has(id))
        // An attempt whose outcome is unknown may have taken place.
        if (again) await skipExisting(left, outcomes)
        await write(
          left.filter(({ id }) => !outcomes.has(id)),
          outcomes,
        )
      })
      return resources.map(({ id }) => outcomes.get(id) ?? new Refusal('internal'))
    },
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof Refusal && passing.has(error.code)
}
