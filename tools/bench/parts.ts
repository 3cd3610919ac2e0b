import { join } from 'node:path'
import { measureSize, type Size, withDatabase } from './database.ts'
import { measureDecision } from './decision.ts'
import { fill, interactionLoads, reads, type Stored } from './fill.ts'
import { type Imported, measureImport } from './imports.ts'
import { load, type Measured, type Target, targetOf } from './load.ts'
import { withPractice } from './practices.ts'
import { measureRaw, type RawRates } from './raw.ts'
import { type Practice, type Running, startServer } from './server.ts'
import { measureTyping, type Typing } from './typing.ts'
import { upsertLoads } from './upserts.ts'
import { measureValidation } from './validation.ts'

const interactionNames = [
  'create',
  'read',
  'newest',
  'identifier',
  'name',
  'everything',
  'writes',
  'mix',
  'months',
] as const
export type Interaction = (typeof interactionNames)[number]

/** What `--only` takes: an interaction by itself, or what stands for one or a few rows that are measured together. */
const partNames = [
  'transactions',
  ...interactionNames,
  ...['memory', 'recording', 'import', 'typing', 'validation', 'decision'],
] as const
export type Part = (typeof partNames)[number]

/** The part of this name, undefined for all of them; or what to say when there is none. */
export function choosePart(name: string | undefined): Part | undefined | Error {
  const part = partNames.find((one) => one === name)
  if (name === undefined || part !== undefined) return part
  return new Error(`--only ${name}: there is no such part. There are: ${partNames.join(', ')}.`)
}

export interface Options {
  readonly seconds: number
  readonly patients: number
  readonly workers: string
  note(text: string): void
}

/** A rate, and what PostgreSQL does by itself right after. */
export interface Compared {
  readonly rate: number
  readonly raw: number
}

/** What was measured; a part that was not asked for is not there. */
export interface Figures {
  readonly compared?: readonly Compared[]
  readonly interactions: Readonly<Partial<Record<Interaction, Measured>>>
  readonly raw?: RawRates
  /** Bytes resident after the interactions. */
  readonly resident?: number
  readonly recording?: Recording
  readonly imported?: Imported & { readonly size: Size }
  readonly typing?: Typing
  readonly validation?: Readonly<Record<string, number>>
  /** µs of a decision. */
  readonly decision?: number
}

export async function measureParts(only: Part | undefined, options: Options): Promise<Figures> {
  const wants = (part: Part): boolean => only === undefined || only === part
  const early = wants('transactions') ? [await compareTransactions(options), await compareTransactions(options)] : []
  const served = await measureServed(only, options)
  const compared = wants('transactions') ? [...early, await compareTransactions(options)] : undefined
  return {
    ...(compared === undefined ? {} : { compared }),
    ...served,
    ...(wants('import') ? { imported: await measureImported(options) } : {}),
    ...(wants('typing') ? { typing: measureTyping() } : {}),
    ...(wants('validation') ? { validation: measureValidation(['Observation', 'Patient']) } : {}),
    ...(wants('decision') ? { decision: measureDecision() } : {}),
  }
}

async function compareTransactions({ patients, workers, note }: Options): Promise<Compared> {
  return withPractice(async (practice) => {
    note('transactions of 200, and PostgreSQL by itself')
    const server = await startServer(practice, undefined, '--workers', workers)
    let rate: number
    try {
      rate = (await fill(await freshTarget(server), patients)).rate
    } finally {
      await server.stop()
    }
    const raw = await withDatabase(practice, (owner) => measureRaw(owner, 2))
    return { rate, raw: raw.transactions }
  })
}

/** What a server with synthetic patients is asked: all on one practice, one after the other. */
async function measureServed(
  only: Part | undefined,
  options: Options,
): Promise<Pick<Figures, 'interactions' | 'raw' | 'resident' | 'recording'>> {
  const { seconds, patients, workers, note } = options
  // Memory is that after all of them.
  const names = interactionNames.filter((name) => only === undefined || only === name || only === 'memory')
  const recorded = only === undefined || only === 'recording'
  if (names.length === 0 && !recorded) return { interactions: {} }
  return withPractice(async (practice) => {
    note('a server, synthetic patients in transactions of 200, then single interactions')
    const server = await startServer(practice, undefined, '--workers', workers)
    const interactions: Partial<Record<Interaction, Measured>> = {}
    let stored: Stored
    let resident: number
    try {
      stored = (await fill(await freshTarget(server), patients)).stored
      for (const name of names) {
        const target = await freshTarget(server)
        interactions[name] = await load(target, loadsOf(target, stored)[name], seconds)
      }
      resident = server.resident()
    } finally {
      await server.stop()
    }
    const recording = recorded ? await costOfRecording(practice, stored.observations, options) : undefined
    if (names.length > 0) note('PostgreSQL by itself')
    const raw = names.length > 0 ? await withDatabase(practice, (owner) => measureRaw(owner, seconds)) : undefined
    return {
      interactions,
      ...(raw === undefined ? {} : { raw }),
      ...(names.length === interactionNames.length ? { resident } : {}),
      ...(recording === undefined ? {} : { recording }),
    }
  })
}

function loadsOf(target: Target, stored: Stored) {
  const patients = stored.patients.map(({ id }) => id)
  return { ...interactionLoads(target, stored), ...upsertLoads(target, patients) }
}

export interface Recording {
  /** Reads a second that are not recorded, and that are, round by round. */
  readonly bare: readonly number[]
  readonly full: readonly number[]
  /** Of the rate, from 0 to 1. */
  readonly cost: number
}

// Of single rounds, some are a quarter off.
const costRounds = 5

/** Recorded and not, in turn: a machine that changes its speed changes both. */
async function costOfRecording(
  practice: Practice,
  observations: readonly string[],
  { seconds, note }: Options,
): Promise<Recording> {
  const readsOf = async (script?: readonly string[]): Promise<number> => {
    const server = await startServer(practice, script)
    try {
      const target = await freshTarget(server)
      return (await load(target, reads(target, observations), seconds)).rate
    } finally {
      await server.stop()
    }
  }
  const bare: number[] = []
  const full: number[] = []
  for (let round = 0; round < costRounds; round++) {
    note('reads in a composition that does not record them')
    bare.push(await readsOf([join(import.meta.dirname, 'unrecorded.ts')]))
    note('the same reads, recorded')
    full.push(await readsOf())
  }
  const ratios = full.map((rate, index) => 1 - rate / (bare[index] ?? rate)).toSorted((a, b) => a - b)
  return { bare, full, cost: ratios[Math.floor(costRounds / 2)] ?? 0 }
}

async function measureImported({ note }: Options): Promise<Imported & { readonly size: Size }> {
  return withPractice(async (practice) => {
    note('importing')
    const figures = await measureImport(practice)
    return { ...figures, size: await withDatabase(practice, measureSize) }
  })
}

/** Tokens are short-lived; what is measured for minutes needs a fresh one each time. */
async function freshTarget(server: Running): Promise<Target> {
  return targetOf(server.url, server.ca, await server.token())
}
