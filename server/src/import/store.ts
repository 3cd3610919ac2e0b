import { setTimeout as pause } from 'node:timers/promises'
import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import { type Clock, type Id, type Log, newId, Refusal, type RefusalCode } from '#base'
import { type Action, Grant, type Job } from '#policy'
import type { Note, Records, Stored, Write } from '#records'
import type { Doubt } from './doubt.ts'
import type { LeftOut } from './mend.ts'
import type { Standing } from './moved.ts'
import { sameContent } from './same-content.ts'

/** One record to write. */
export interface NamedResource {
  readonly id: Id<string>
  readonly resource: Resource
  /** The version that it replaces; 0 for a new record. */
  readonly before: number
  /** Its meta.lastUpdated in the source, Unix ms; 0 without one. Kept sealed in the ledger. */
  readonly updated: number
  /** Kept sealed in the ledger as well, as is what is doubtful. */
  readonly leftOut: readonly LeftOut[]
  readonly doubtful: readonly Doubt[]
}

export type Outcome = 'written' | 'present' | Refusal

/** Who wrote the version that is here: an import, and of which state of the source, or anybody else. */
export interface Origin {
  readonly imported: boolean
  /** The source's meta.lastUpdated; 0 when it had none. */
  readonly updated: number
}

export type ImportRecords = Pick<
  Records,
  'write' | 'existing' | 'match' | 'inTurn' | 'readSeveral' | 'authors' | 'importedIds'
>

/** The store, as an import uses it: in one actor's name, patiently, and each record judged alone when need be. */
export interface ImportStore {
  /** Which of these are there already; `type` is one of theirs. */
  existing(type: ResourceType, ids: readonly Id<string>[]): Promise<ReadonlySet<string>>
  /** The newest versions of those that are there, by id. */
  stored(types: ReadonlySet<ResourceType>, ids: readonly Id<string>[]): Promise<ReadonlyMap<string, Stored>>
  origins(versions: readonly Stored[]): Promise<Origin[]>
  /** Ids of imported records in these buckets, 16 bytes each. */
  readonly standing: Standing
  /** Ids that a query on identifiers leads to. */
  match(type: ResourceType, query: string): Promise<Id<string>[]>
  /** Does the work while nobody else, of whichever process, creates on one of these conditions. */
  inTurn(conditions: readonly string[], work: () => Promise<void>): Promise<void>
  /** What became of each. Throws a Refusal only when the store stays away. */
  write(resources: readonly NamedResource[]): Promise<Outcome[]>
}

export interface StoreParts {
  readonly records: ImportRecords
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

  async function stored(types: ReadonlySet<ResourceType>, ids: readonly Id<string>[]): Promise<Map<string, Stored>> {
    const [first, ...rest] = [...types].map((type) => grantFor('read', type))
    if (first === undefined || ids.length === 0) return new Map()
    const found = await records.readSeveral([first, ...rest], ids, request())
    return new Map(found.map((one) => [one.id, one]))
  }

  function writeOf({ id, resource, before, ...named }: NamedResource): Write {
    const type = resource.resourceType
    const note = noteOf(named)
    return before === 0
      ? { kind: 'create', id, resource, grant: grantFor('create', type), ...note }
      : { kind: 'update', id, resource, grant: grantFor('update', type), ifMatch: before, ...note }
  }

  /** All in one transaction. When something is in the way: without what is there by now, then in halves. */
  async function write(resources: readonly NamedResource[], outcomes: Map<string, Outcome>): Promise<void> {
    const [first, ...rest] = resources
    if (first === undefined) return
    try {
      await records.write([writeOf(first), ...rest.map(writeOf)], request())
      for (const { id } of resources) outcomes.set(id, 'written')
    } catch (error) {
      if (isPassing(error)) throw error
      if (error instanceof Refusal && error.code === 'version-conflict' && (await skipWritten(resources, outcomes))) {
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

  /** Those of which the version to be written is there, by us or by somebody else. True when some are. */
  async function skipWritten(resources: readonly NamedResource[], outcomes: Map<string, Outcome>): Promise<boolean> {
    const types = new Set(resources.map(({ resource }) => resource.resourceType))
    const there = await stored(
      types,
      resources.map(({ id }) => id),
    )
    const written = resources.filter(({ id, before }) => (there.get(id)?.version ?? 0) > before)
    for (const { id, before, resource } of written) {
      const newest = there.get(id)
      const done = newest !== undefined && newest.version === before + 1 && sameContent(newest, resource)
      outcomes.set(id, before === 0 ? 'present' : done ? 'written' : new Refusal('version-conflict'))
    }
    // A Binary may be here and not be read back, because what decides who may see it is not.
    const unseen = resources.filter(({ id, before }) => before === 0 && !there.has(id))
    const [first] = unseen
    const known =
      first === undefined
        ? new Set()
        : await existing(
            first.resource.resourceType,
            unseen.map(({ id }) => id),
          )
    for (const { id } of unseen) if (known.has(id)) outcomes.set(id, 'present')
    return written.length + known.size > 0
  }

  function refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) return error
    log.error({ err: error }, 'a record could not be imported')
    return new Refusal('internal', { cause: error })
  }

  return {
    existing: (type, ids) => patiently(() => existing(type, ids)),
    stored: (types, ids) => patiently(() => stored(types, ids)),
    async origins(versions) {
      const [first] = versions
      if (first === undefined) return []
      const authors = await patiently(() => records.authors(grantFor('update', first.type), versions))
      return authors.map((author) => ({
        imported: author?.kind === 'job',
        updated: author?.updated ?? 0,
      }))
    },
    standing: (buckets) => patiently(() => records.importedIds(grantFor('create', 'Patient'), buckets)),
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
        if (again) await skipWritten(left, outcomes)
        await write(
          left.filter(({ id }) => !outcomes.has(id)),
          outcomes,
        )
      })
      return resources.map(({ id }) => outcomes.get(id) ?? new Refusal('internal'))
    },
  }
}

function noteOf({ updated, leftOut, doubtful }: Omit<NamedResource, 'id' | 'resource' | 'before'>): { note?: Note } {
  if (leftOut.length + doubtful.length === 0) return updated === 0 ? {} : { note: updated }
  return {
    note: { updated, ...(leftOut.length > 0 ? { leftOut } : {}), ...(doubtful.length > 0 ? { doubtful } : {}) },
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof Refusal && passing.has(error.code)
}
