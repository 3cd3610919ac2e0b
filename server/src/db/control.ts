import { setTimeout as pause } from 'node:timers/promises'
import { Client, type ClientConfig, escapeIdentifier } from 'pg'
import { type Log, Refusal } from '#base'
import { batch } from './batch.ts'
import { endClient } from './end.ts'

/** Held until released or until its connection is lost; ask `held()` before each act that needs it. */
export interface Leadership {
  held(): boolean
  release(): Promise<void>
}

interface Control {
  listen(channel: string, onNotice: (payload: string) => void): Promise<void>
  listening(): boolean
  heard(): Promise<void>
  lead(lock: string): Promise<Leadership | undefined>
  close(): Promise<void>
}

const firstPauseMs = 100
const longestPauseMs = 2000
const answerMs = 5000

/** Notices and locks live on connections of their own: the pool's come and go. */
export function openControl(connection: () => ClientConfig, log: Log): Control {
  const channels = new Map<string, ((payload: string) => void)[]>()
  const leading = new Set<Client>()
  const closing = new AbortController()
  let listener: Client | undefined
  let opening: Promise<Client> | undefined

  function clientFor(purpose: string): Client {
    return new Client({
      ...connection(),
      application_name: `chartkeep ${purpose}`,
      keepAlive: true,
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
    })
  }

  /** Listens to every channel when it resolves. A connection that fails before that is ended here. */
  async function connectListener(): Promise<Client> {
    const client = clientFor('notices')
    let alive = true
    client.on('notification', ({ channel, payload }) => channels.get(channel)?.forEach((call) => call(payload ?? '')))
    client.on('error', () => undefined)
    client.on('end', () => {
      alive = false
      if (listener !== client) return
      listener = undefined
      opening = undefined
      void reconnect()
    })
    try {
      await client.connect()
      for (const channel of channels.keys()) await client.query(`listen ${escapeIdentifier(channel)}`)
      if (!alive || closing.signal.aborted) throw new Refusal('storage-unavailable')
    } catch (error) {
      await endClient(client)
      throw error
    }
    listener = client
    return client
  }

  /** The one loop that runs while there is no listener: it begins when a listener ends, and ends with the next one. */
  async function reconnect(): Promise<void> {
    for (let wait = firstPauseMs; ; wait = Math.min(wait * 2, longestPauseMs)) {
      await pause(wait, undefined, { ref: false, signal: closing.signal }).catch(() => undefined)
      if (closing.signal.aborted) return
      opening = connectListener()
      try {
        await opening
        break
      } catch (error) {
        log.warn({ err: error }, 'no connection for notices yet')
      }
    }
    // What was notified meanwhile is lost: everyone looks again.
    for (const calls of channels.values()) for (const call of calls) call('')
  }

  // PostgreSQL hands out what was notified before it says that it is ready for another statement.
  const hear = batch<undefined, true>({
    limit: 1000,
    async flush(all) {
      const client = listener
      if (client === undefined) throw new Refusal('storage-unavailable')
      await client.query('select').catch((cause: unknown) => {
        void endClient(client)
        throw new Refusal('storage-unavailable', { cause })
      })
      return all.map(() => true)
    },
  })

  return {
    listening: () => channels.size === 0 || listener !== undefined,
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
      const client = clientFor(lock)
      let alive = true
      const lost = (): void => {
        alive = false
        leading.delete(client)
      }
      client.on('error', lost)
      client.on('end', lost)
      try {
        await client.connect()
        const { rows } = await client.query<{ got: boolean }>(
          'select pg_try_advisory_lock(hashtextextended($1, 7242801)) as got',
          [lock],
        )
        if (rows[0]?.got === true && !closing.signal.aborted) {
          leading.add(client)
          return { held: () => alive, release: () => endClient(client) }
        }
      } catch (error) {
        await endClient(client)
        throw error
      }
      await endClient(client)
      return undefined
    },
    async close() {
      closing.abort()
      await opening?.catch(() => undefined)
      await Promise.all([...(listener === undefined ? [] : [listener]), ...leading].map(endClient))
    },
  }
}
