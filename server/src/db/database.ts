import pg, { type Client as PgClient, type PoolClient, type QueryResultRow } from 'pg'
import { type Log, Refusal } from '#base'
import { endPool } from './end.ts'
import { isStorageFault, toRefusal } from './faults.ts'
import { requireRows } from './lost-write.ts'
import { type Alone, openAlone } from './alone.ts'
import { askingCatalogue, compareCatalogue, type Guard, openGuard } from './catalogue.ts'
import { type Leadership, openControl } from './control.ts'
import { type LowWater, openLowWater } from './low-water.ts'
import { RoundTrip, type Wire } from './round-trip.ts'
import { requireSafe, UnsafeDatabase } from './session.ts'
import type { DatabaseTarget } from './target.ts'

export interface Query {
  readonly text: string
  readonly values?: readonly unknown[]
  /** Prepared once per connection under this name. */
  readonly name?: string
  /** How many rows have to come of it: any other number is 'storage-unavailable'. An insert of values always has some. */
  readonly changes?: number
}

export interface Outcome<R extends QueryResultRow = QueryResultRow> {
  readonly rows: R[]
  readonly rowCount: number
}

/** One transaction, as seen by the work inside it. */
export interface Tx {
  query<R extends QueryResultRow = QueryResultRow>(query: Query): Promise<Outcome<R>>
  /** Calls back when PostgreSQL has said that the transaction is committed, and else never. */
  onCommit(call: () => void): void
}

export interface Database {
  readonly kind: 'embedded' | 'external'
  /**
   * Runs `work` as the app role under row-level security for the tenant. Commits when it resolves, rolls back when it
   * throws. A connection lost while committing is 'outcome-unknown'; no connection or no space is 'storage-unavailable'.
   */
  transact<T>(tenant: number, work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * These statements as one transaction, sent without waiting for one another: a single round trip. Answers each one's
   * rows; rolls back and throws when one fails.
   */
  run<R extends QueryResultRow = QueryResultRow>(tenant: number, queries: readonly Query[]): Promise<Outcome<R>[]>
  /** The same as `transact`, as the reader role, which can change nothing, on one snapshot: for verification. */
  inspect<T>(tenant: number, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Calls back for each NOTIFY on the channel; listens again after a lost connection and then calls with ''. */
  listen(channel: string, onNotice: (payload: string) => void): Promise<void>
  /** Resolves when all notices of what was committed before have been called back. Throws 'storage-unavailable'. */
  heard(): Promise<void>
  /** Whether notices arrive: while not, what others commit is missed, and everyone is called with '' afterwards. */
  listening(): boolean
  /** A lock that one process holds while its connection lives; undefined when another has it. */
  lead(lock: string): Promise<Leadership | undefined>
  /** Work that this process alone does, of all on the database; see `Alone`. */
  readonly alone: Alone
  /** Up to which time everything that was written is there to be read; see `LowWater`. */
  readonly lowWater: LowWater
  /**
   * Compares the database with what the migrations made, now and every few seconds from now on. While it is another,
   * nothing is read or written but by `inspect`. Throws CatalogueFault, UnsafeDatabase.
   */
  guard(): Promise<void>
  /** What is there that the migrations did not make, and what they made and is not there. */
  differences(): Promise<string[]>
  /** Connections in use and queries that wait for one. */
  load(): { readonly open: number; readonly idle: number; readonly waiting: number }
  close(): Promise<void>
}

const poolSize = 12

// Everything that serves goes by key. Right after an import the statistics say that tables are small, and a plan that
// walks them would be kept by the prepared statement long after they have grown.
const byIndex = ['seqscan', 'hashjoin', 'mergejoin', 'bitmapscan'].map((way) => `-c enable_${way}=off`).join(' ')

/** @param connections most of the app's at once; a few more are for notices, locks and the reader */
export function openDatabase(target: DatabaseTarget, log: Log, connections = poolSize): Database {
  const app = openPool(target, 'app', connections, log)
  const reader = openPool(target, 'reader', 2, log)
  const control = openControl(() => target.connection('app'), log)
  const { alone, close: closeAlone } = openAlone(() => target.connection('app'))
  const { lowWater, close: closeLowWater } = openLowWater(
    () => target.connection('app'),
    async (queries) =>
      (await runAll<{ time: string | null }>(app, literal(1), queries)).map(({ rows }) => rows[0]?.time ?? null),
  )
  const askCatalogue = () =>
    connected(reader.pool, async (client) => (await client.query<{ line: string }>(askingCatalogue)).rows)
  const guard: Guard = openGuard(askCatalogue, log)
  return {
    kind: target.kind,
    transact: async (tenant, work) =>
      guarded(guard, () => run(app, `begin; set local chartkeep.tenant = ${literal(tenant)}`, work)),
    run: async (tenant, queries) => guarded(guard, () => runAll(app, literal(tenant), queries)),
    inspect: async (tenant, work) =>
      run(
        reader,
        `begin isolation level repeatable read read only; set local statement_timeout = 0; set local chartkeep.tenant = ${literal(tenant)}`,
        work,
      ),
    listen: control.listen,
    heard: control.heard,
    listening: control.listening,
    lead: control.lead,
    alone,
    lowWater,
    async guard() {
      // As the app as well: what was set for one role is not what was set for another.
      try {
        await connected(app.pool, requireSafe)
        await guard.start()
      } catch (error) {
        throw error instanceof Refusal && error.cause instanceof UnsafeDatabase ? error.cause : error
      }
    },
    differences: () => compareCatalogue(askCatalogue),
    load: () => ({ open: app.pool.totalCount, idle: app.pool.idleCount, waiting: app.pool.waitingCount }),
    close: async () => {
      guard.stop()
      await Promise.all([control.close(), closeAlone(), closeLowWater()])
      await Promise.all([app.end(), reader.end()])
    },
  }
}

async function guarded<T>(guard: Guard, work: () => Promise<T>): Promise<T> {
  guard.pass()
  try {
    return await work()
  } catch (error) {
    throw await guard.explain(error)
  }
}

interface Pool {
  readonly pool: pg.Pool
  end(): Promise<void>
}

function openPool(target: DatabaseTarget, role: 'app' | 'reader', max: number, log: Log): Pool {
  const config = target.connection(role)
  const pool = new pg.Pool({
    ...config,
    max,
    // Statements of a transaction follow each other without waiting for answers in between.
    pipeline: true,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
    application_name: `chartkeep ${role}`,
    ...(role === 'app' ? { options: `${config.options} ${byIndex}` } : {}),
    // oxlint-disable-next-line no-misused-promises -- the pool waits for it (pg-pool, onConnect); its type does not say so
    onConnect: requireSafe,
  })
  // An idle connection that breaks is no one's error: the next query opens another.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'))
  const connections = new Set<PoolClient>()
  pool.on('connect', (client) => void connections.add(client))
  pool.on('remove', (client) => void connections.delete(client))
  return { pool, end: () => endPool(pool, connections) }
}

/** Row-level security compares with this setting; SET takes no parameter, so the number is checked here. */
function literal(tenant: number): string {
  if (!Number.isInteger(tenant) || tenant < 1 || tenant > 2_147_483_647)
    throw new Error('a tenant is a positive 32-bit integer')
  return String(tenant)
}

async function run<T>({ pool }: Pool, begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return connected(pool, async (client) => {
    // Sent ahead of the first statement, not waited for: only a lost connection makes it fail, and then all else too.
    gather(client)
    const begun = client.query(begin)
    begun.catch(() => undefined)
    const committed: (() => void)[] = []
    const result = await work(transaction(client, committed))
    await begun
    await commit(client.query('commit'))
    for (const call of committed) call()
    return result
  })
}

const ofTenant = { name: 'tenant', text: `select set_config('chartkeep.tenant', $1, true)` } as const

async function runAll<R extends QueryResultRow>(
  { pool }: Pool,
  tenant: string,
  queries: readonly Query[],
): Promise<Outcome<R>[]> {
  return connected(pool, async (client) => {
    const trip = new RoundTrip<R>([{ ...ofTenant, values: [tenant] }, ...queries])
    client.query(trip)
    try {
      const outcomes = (await trip.answered).slice(1)
      for (const [index, { rowCount }] of outcomes.entries()) requireRows(queries[index] ?? { text: '' }, rowCount)
      return outcomes
    } catch (error) {
      // Whether the server committed before the connection broke cannot be known from here.
      if (trip.carriedOut && isStorageFault(error)) throw new Refusal('outcome-unknown', { cause: error })
      throw error
    }
  })
}

async function connected<T>(pool: pg.Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  let client: PoolClient
  try {
    client = await pool.connect()
  } catch (error) {
    throw toRefusal(error)
  }
  let broken: Error | undefined
  const noteLoss = (error: Error): void => void (broken = error)
  client.on('error', noteLoss)
  try {
    return await work(client)
  } catch (error) {
    if (isStorageFault(error) || (error instanceof Refusal && error.code === 'outcome-unknown'))
      broken ??= new Error('the connection is of no more use')
    else await client.query('rollback').catch(noteLoss)
    throw toRefusal(error)
  } finally {
    client.off('error', noteLoss)
    client.release(broken)
  }
}

async function commit(committing: Promise<unknown>): Promise<void> {
  try {
    await committing
  } catch (error) {
    // Whether the server committed before the connection broke cannot be known from here.
    if (isStorageFault(error)) throw new Refusal('outcome-unknown', { cause: error })
    throw error
  }
}

const gathering = new WeakSet<Wire['stream']>()

/** What is sent within one turn of the event loop goes out as one: each write of its own costs as much as a statement. */
function gather(client: PoolClient | PgClient): void {
  // oxlint-disable-next-line no-unsafe-type-assertion -- what pg's types leave out
  const { stream } = (client as unknown as { connection: Wire }).connection
  if (gathering.has(stream)) return
  gathering.add(stream)
  stream.cork()
  process.nextTick(() => {
    gathering.delete(stream)
    stream.uncork()
  })
}

function transaction(client: PoolClient | PgClient, committed: (() => void)[]): Tx {
  return {
    onCommit: (call) => void committed.push(call),
    async query<R extends QueryResultRow>(query: Query) {
      const { text, values, name } = query
      gather(client)
      const result = await client.query<R>({
        text,
        ...(values === undefined ? {} : { values: [...values] }),
        ...(name === undefined ? {} : { name }),
      })
      requireRows(query, result.rowCount ?? 0)
      return { rows: result.rows, rowCount: result.rowCount ?? 0 }
    },
  }
}
