import type { KeyObject } from 'node:crypto'
import { type Id, parseId, Refusal } from '#base'
import { Damaged, open, seal } from '#keys'
import type { Grant } from '#policy'
import type { Place } from './place.ts'
import type { Keys } from './sort.ts'

// A cursor holds what was asked and clinical times, and must not be moved to another reader or question: so it is
// sealed, to the actor and to what was asked.

function associatedData({ question: { actor } }: Grant, asked: string): Buffer {
  return Buffer.from(`cursor\0${actor.tenant}\0${actor.kind}\0${actor.id}\0${asked}`)
}

/** Where a page ended, and the rest of the question where the next page is asked for by the cursor alone. */
export interface Continued {
  readonly place: Place
  readonly question: string
  /** Unix ms: when the first page was asked for. */
  readonly began: number
  /** Of a sorted search: what its last record was put in order by. */
  readonly keys?: Keys
  /** What has no key comes now, or is still to come. */
  readonly late?: 'now' | 'later'
  readonly total?: number
}

export function sealCursor(key: KeyObject, grant: Grant, asked: string, continued: Continued): string {
  const { place, question, began, keys, late, total } = continued
  const text = JSON.stringify([
    place.at,
    place.id,
    place.owner ?? null,
    question,
    began,
    keys ?? null,
    late ?? null,
    total ?? null,
  ])
  return seal(key, Buffer.from(text), associatedData(grant, asked)).toString('base64url')
}

/** Throws 'parameter-invalid' for a cursor that was not given to this actor for this question. */
export function openCursor(key: KeyObject, grant: Grant, asked: string, text: string): Continued {
  try {
    const sealed = Buffer.from(text, 'base64url')
    return parseCursor(JSON.parse(open(key, sealed, associatedData(grant, asked)).toString()))
  } catch (error) {
    if (error instanceof Damaged) throw new Refusal('parameter-invalid', { cause: error })
    throw error
  }
}

// What opens was sealed by us; this tells the compiler what it is, and refuses what an older version sealed.
function parseCursor(parts: unknown): Continued {
  const list: unknown[] = Array.isArray(parts) ? parts : []
  const [at, id, owner, question, began, keys, late, total] = list
  const parsed = typeof id === 'string' ? parseId<string>(id) : undefined
  if (typeof at !== 'number' || parsed === undefined || typeof question !== 'string' || typeof began !== 'number')
    throw new Refusal('parameter-invalid')
  const held = ownerIn(owner)
  return {
    place: { at, id: parsed, ...(held === undefined ? {} : { owner: held }) },
    question,
    began,
    ...(Array.isArray(keys) ? { keys: keys.map(keyIn) } : {}),
    ...(late === 'now' || late === 'later' ? { late } : {}),
    ...(typeof total === 'number' ? { total } : {}),
  }
}

function ownerIn(value: unknown): Id<'patient'> | undefined {
  return typeof value === 'string' ? parseId<'patient'>(value) : undefined
}

function keyIn(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null
}
