// Between the store and PostgreSQL: forwards messages one by one, and breaks a connection at an exact point.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Where the connection of the next transaction that uses the statement breaks. `unsent`: its commit never arrives.
 * `unanswered`: it is carried out, and the answer is lost. `late`: the connection breaks at once and the commit arrives
 * a while later, as from a network that held it back.
 */
export type Cut = 'unsent' | 'unanswered' | 'late'

export interface CuttingProxy {
  /** The folder of its socket, in place of PostgreSQL's. */
  readonly socketFolder: string
  /** How many connections were cut. */
  readonly cuts: number
  cutNext(statement: string, where: Cut): void
  /** Runs this once before the statement is passed on. */
  before(statement: string, act: () => Promise<void>): void
  /** As if PostgreSQL were gone, for all but the transaction that is to be cut. */
  closed: boolean
  close(): Promise<void>
}

const lateMs = 400
// ReadyForQuery, in no transaction.
const carriedOut = Buffer.from('Z\0\0\0\x05I', 'latin1')

export async function openCuttingProxy(behind: string): Promise<CuttingProxy> {
  const socketFolder = mkdtempSync(join(tmpdir(), 'chartkeep-cut-'))
  mkdirSync(socketFolder, { recursive: true })
  const open = new Set<Socket>()
  const plan: { cut?: { statement: string; where: Cut }; acts: { statement: string; run: () => Promise<void> }[] } = {
    acts: [],
  }
  let cuts = 0

  const server = createServer((client) => {
    if (proxy.closed) {
      client.destroy()
      return
    }
    const postgres = connect(join(behind, '.s.PGSQL.5432'))
    let answers = true
    for (const socket of [client, postgres]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => open.delete(socket))
    }
    client.on('close', () => answers && postgres.destroy())
    postgres.on('close', () => client.destroy())
    postgres.on('data', (chunk: Buffer) => {
      if (answers) client.write(chunk)
      // The commit whose answer is to be lost was carried out.
      else if (chunk.includes(carriedOut)) postgres.destroy()
    })
    let used = ''
    let begun = false
    void forward(client, async (message) => {
      const text = message.toString('latin1')
      const { acts, cut } = plan
      const act = acts.find(({ statement }) => text.includes(statement))
      if (act !== undefined) {
        acts.splice(acts.indexOf(act), 1)
        await act.run()
      }
      if (text.startsWith('Q') && text.includes('begin')) {
        used = ''
        begun = true
      }
      // What was not begun ends with the Sync of its round trip.
      const ends = begun ? text.startsWith('Q') && text.endsWith('commit\0') : text.startsWith('S')
      if (ends) begun = false
      if (cut !== undefined && text.includes(cut.statement)) used = cut.statement
      if (proxy.closed && used === '') {
        client.destroy()
        postgres.destroy()
        return
      }
      if (cut === undefined || used !== cut.statement || !ends) {
        postgres.write(message)
        if (ends) used = ''
        return
      }
      delete plan.cut
      cuts++
      answers = false
      if (cut.where === 'unsent') {
        client.destroy()
        postgres.destroy()
        return
      }
      if (cut.where === 'late') {
        client.destroy()
        await pause(lateMs)
        postgres.write(message)
        return
      }
      postgres.write(message)
      if (!postgres.destroyed) await once(postgres, 'close')
      client.destroy()
    })
  })
  server.listen(join(socketFolder, '.s.PGSQL.5432'))
  await once(server, 'listening')
  const proxy = {
    socketFolder,
    closed: false,
    get cuts() {
      return cuts
    },
    cutNext: (statement: string, where: Cut) => void (plan.cut = { statement, where }),
    before: (statement: string, run: () => Promise<void>) => void plan.acts.push({ statement, run }),
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      rmSync(socketFolder, { recursive: true, force: true })
    },
  }
  return proxy
}

/** The messages of a frontend, in order: the first has no type byte (PostgreSQL, 54.7). */
async function forward(client: Socket, pass: (message: Buffer) => Promise<void>): Promise<void> {
  let kept = Buffer.alloc(0)
  let typed = 0
  try {
    for await (const chunk of client) {
      kept = Buffer.concat([kept, chunk as Buffer])
      while (kept.length >= 4 + typed) {
        const length = kept.readInt32BE(typed) + typed
        if (kept.length < length) break
        await pass(kept.subarray(0, length))
        kept = kept.subarray(length)
        typed = 1
      }
    }
  } catch {
    // It was cut.
  }
}
