import { setTimeout as wait } from 'node:timers/promises'
import { type Clock, type Log } from '#base'
import type { Database, Leadership } from '#db'
import type { LedgerKeys } from '#keys'
import { outlinesIn, participantsOf, recordedIn } from './batch.ts'
import { leafOf, tagOf } from './entry.ts'
import { parseCheckpoint, signCheckpoint } from './note.ts'
import { statesOf } from './packed-states.ts'
import type { Recent } from './recent.ts'
import { type Place, readBatches, readUnseen, type StoredBatch } from './stored.ts'
import { hashLeaf } from './tree.ts'
import { type BatchLeaves, loadTree, split, storePass, type Tree } from './tree-store.ts'
import { readLatest, type Witness } from './witness.ts'

export interface Sequencer {
  start(): void
  /** Takes in what is committed, signs, hands over to the witnesses. */
  stop(): Promise<void>
  status(): SequencerStatus
}

export interface SequencerStatus {
  /** Whether this process is the one that sequences. */
  readonly leading: boolean
  /** Unix milliseconds of the last pass that found nothing left to do. */
  readonly caughtUp: number | undefined
  readonly fault: string | undefined
}

interface Parts {
  readonly db: Database
  readonly keys: LedgerKeys
  readonly clock: Clock
  readonly log: Log
  readonly origin: string
  readonly witnesses: readonly Witness[]
  readonly recent: Recent
}

const passMs = 1000
// How often a process that does not lead asks again: each time opens a connection.
const standbyMs = 5000
// Batches of one pass: what they name is in memory together.
const passLimit = 256
const readLimit = 64
const none = Buffer.alloc(0)
// Leaves and checkpoints belong to no tenant, but a transaction is always some tenant's.
const anyTenant = 1

/** Takes committed entries into the tree and signs its head, each second when there is something new. */
export function openSequencer(parts: Parts): Sequencer {
  const { db, keys, clock, log, origin, witnesses, recent } = parts
  const stopping = new AbortController()
  let leadership: Leadership | undefined
  let tree: Tree | undefined
  let running: Promise<void> | undefined
  let caughtUp: number | undefined
  let fault: string | undefined

  async function load(): Promise<Tree> {
    const loaded = await db.inspect(anyTenant, async (tx) => loadTree(tx, keys))
    if (loaded.note !== undefined) await compareWithWitnesses(loaded.note, loaded.frontier.size)
    return loaded
  }

  // A witness that has seen more than there is: the database was put back to an earlier state. Recording goes on, because
  // care does; the contradiction stays with the witness, and verification names it.
  async function compareWithWitnesses(note: string, size: number): Promise<void> {
    for (const witness of witnesses) {
      const latest = await readLatest(witness.folder)
      const seen = latest === undefined ? undefined : parseCheckpoint(latest)
      if (seen !== undefined && seen.size > size)
        log.error({ ledgerSize: size, witnessed: seen.size }, 'a witness has seen a longer ledger than there is')
      else if (latest !== note) witness.give(note, clock.now())
    }
  }

  /** Whether there may be more at once. */
  async function pass(): Promise<boolean> {
    const current = (tree ??= await load())
    const { places, seen, more } = await db.inspect(anyTenant, async (tx) => readUnseen(tx, current.seen, passLimit))
    if (places.length === 0) return more
    const batches = await leavesOf(places)
    const frontier = current.frontier.copy()
    const states = current.states.copy()
    for (const batch of batches) {
      for (const hash of batch.hashes) frontier.append(hash)
      for (const state of batch.states) states.add({ ...state, tenant: batch.tenant }, keys.tag)
    }
    const note = signCheckpoint(origin, { size: frontier.size, root: frontier.root() }, keys.signer)
    const at = clock.now()
    await db.transact(anyTenant, async (tx) =>
      storePass(tx, {
        ...{ before: current.frontier, after: frontier, batches, seen, note, at },
        states: states.seal(keys.seal, { size: frontier.size, note }),
      }),
    )
    tree = { frontier, seen, states, note }
    for (const { id } of batches) recent.forget(id)
    for (const witness of witnesses) witness.give(note, at)
    return more
  }

  async function leavesOf(places: readonly Place[]): Promise<BatchLeaves[]> {
    // Written by another process, or before this one started.
    const known = places.map(({ id }) => recent.find(id))
    const foreign = places.flatMap(({ id }, index) => (known[index] === undefined ? id : []))
    const read = new Map<string, BatchLeaves>()
    for (let from = 0; from < foreign.length; from += readLimit) {
      const ids = foreign.slice(from, from + readLimit)
      for (const batch of await db.inspect(anyTenant, async (tx) => readBatches(tx, ids)))
        read.set(batch.id, hashesOf(batch))
    }
    return places.map(({ id }, index) => {
      const own = known[index]
      if (own !== undefined) {
        const outlines = outlinesIn(own.entries)
        const states = recordedIn(id, outlines)
        return { id, tenant: own.tenant, hashes: split(own.leaves), participants: outlines, states }
      }
      const batch = read.get(id)
      if (batch === undefined) throw new Error('entries vanished while they were sequenced')
      return batch
    })
  }

  /** What is wrong with it is taken in all the same: leaving it out would hide it, and verification names it. */
  function hashesOf({ id, tenant, entries }: StoredBatch): BatchLeaves {
    if (entries === undefined || entries.length === 0) {
      log.error({ batch: id }, 'entries of the ledger cannot be read')
      return { id, tenant, hashes: [hashLeaf(Buffer.from(id))], participants: [], states: [] }
    }
    const hashes = entries.map(leafOf)
    const genuine = entries.filter(({ tag }, place) => tagOf(hashes[place] ?? none, keys.tag).equals(tag))
    if (genuine.length < entries.length)
      log.error({ batch: id }, 'entries of the ledger were not written by this installation')
    return { id, tenant, hashes, participants: entries.map(participantsOf), states: genuine.flatMap(statesOf) }
  }

  async function turn(): Promise<void> {
    try {
      if (leadership?.held() !== true) {
        tree = undefined
        leadership = await db.lead('ledger')
      }
      if (leadership === undefined) return
      while (await pass()) if (!leadership.held()) return
      caughtUp = clock.now()
      fault = undefined
    } catch (error) {
      // What was stored is not known for sure: begin again from the table.
      tree = undefined
      const name = error instanceof Error ? error.message : 'unknown'
      if (fault !== name) log.error({ err: error }, 'entries are recorded but not yet sequenced')
      fault = name
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await turn()
      await wait(leadership?.held() === true ? passMs : standbyMs, undefined, {
        signal: stopping.signal,
        ref: false,
      }).catch(() => undefined)
    }
    await turn()
    await Promise.all(witnesses.map(async (witness) => witness.settled()))
    await leadership?.release()
  }

  return {
    start() {
      running ??= run()
    },
    async stop() {
      stopping.abort()
      await running
    },
    status: () => ({ leading: leadership?.held() === true, caughtUp, fault }),
  }
}
