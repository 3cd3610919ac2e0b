import { Client, type ClientConfig, escapeIdentifier } from 'pg'
import { type Log, Refusal } from '#base'
import { batch } from './batch.ts'

/** Held until released or until its connection is lost; ask `held()` before each act that needs it. */
export interface Leadership {
  held(): boolean
  release(): Promise<void>
}

interface Control {
  listen(channel: string, onNotice: (payload: string) => void): Promise<void>
  heard(): Promise<void>
  lead(lock: string): Promise<Leadership | undefined>
  close(): Promise<void>
}

const retryMs = 500

/** Notices and locks live on connections of their own: the pool's come and go. */
export function openControl(connection: () => ClientConfig, log: Log): Control {
  const channels = new Map<string, ((payload: string) => void)[]>()
  const leading = new Set<Client>()
  let listener: Client | undefined
  let opening: Promise<Client> | undefined
  let closed = false

  async function connectListener(): Promise<Client> {
    const client = new Client({ ...connection(), application_name: 'chartkeep notices', keepAlive: true })
    client.on('notification', ({ channel, payload }) => channels.get(channel)?.forEach((call) => call(payload ?? '')))
    client.on('error', () => undefined)
    client.on('end', () => {
      listener = undefined
      opening = undefined
      if (!closed) void reconnect()
    })
    await client.connect()
    for (const channel of channels.keys()) await client.query(`listen ${escapeIdentifier(channel)}`)
    listener = client
    return client
  }

  async function reconnect(): Promise<void> {
    while (!closed && listener === undefined) {
      await new Promise((resolve) => setTimeout(resolve, retryMs).unref())
      try {
        opening ??= connectListener()
        await opening
        // What was notified meanwhile is lost: everyone looks again.
        for (const calls of channels.values()) for (const call of calls) call('')
      } catch (error) {
        opening = undefined
        log.warn({ err: error }, 'no connection for notices yet')
      }
    }
  }

  // PostgreSQL hands out what was notified before it says that it is ready for another statement.
  const hear = batch<undefined, true>({
    limit: 1000,
    async flush(all) {
      if (listener === undefined) throw new Refusal('storage-unavailable')
      await listener.query('select').catch((cause: unknown) => {
        throw new Refusal('storage-unavailable', { cause })
      })
      return all.map(() => true)
    },
  })

  return {
    async heard() {
      if (channels.size > 0) await hear(undefined)
    },
    async listen(channel, onNotice) {
      const calls = channels.get(channel)
      channels.set(channel, [...(calls ?? []), onNotice])
      opening ??= connectListener()
      const client = await opening
      if (calls === undefined) await client.query(`listen ${escapeIdentifier(channel)}`)
    },
    async lead(lock) {
      const client = new Client({ ...connection(), application_name: `chartkeep ${lock}`, keepAlive: true })
      let alive = true
      const lost = (): void => {
        alive = false
        leading.delete(client)
      }
      client.on('error', lost)
      client.on('end', lost)
      await client.connect()
      const { rows } = await client.query<{ got: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 7242801)) as got',
        [lock],
      )
      if (rows[0]?.got !== true) {
        await client.end()
        return undefined
      }
      leading.add(client)
      return { held: () => alive, release: () => client.end() }
    },
    async close() {
      closed = true
      await Promise.allSettled([listener?.end(), ...[...leading].map((client) => client.end())])
    },
  }
}
