import type { KeyObject } from 'node:crypto'
import { parseId, Refusal } from '#base'
import { Damaged, open, seal } from '#keys'
import type { Grant } from '#policy'
import type { ChartCursor } from './chart.ts'

// A cursor holds a clinical time with the patient's secret offset, and must not be moved to another reader or question:
// so it is sealed, to the actor and to what was asked.

function associatedData({ question: { actor } }: Grant, asked: string): Buffer {
  return Buffer.from(`cursor\0${actor.tenant}\0${actor.kind}\0${actor.id}\0${asked}`)
}

/** Where a page ended, and the rest of the question where the next page is asked for by the cursor alone. */
export interface Continued extends ChartCursor {
  readonly question: string
}

export function sealCursor(
  key: KeyObject,
  grant: Grant,
  asked: string,
  { at, id }: ChartCursor,
  question = '',
): string {
  const text = JSON.stringify([at, id, question])
  return seal(key, Buffer.from(text), associatedData(grant, asked)).toString('base64url')
}

/** Throws 'parameter-invalid' for a cursor that was not given to this actor for this question. */
export function openCursor(key: KeyObject, grant: Grant, asked: string, text: string): Continued {
  try {
    const parts: unknown = JSON.parse(
      open(key, Buffer.from(text, 'base64url'), associatedData(grant, asked)).toString(),
    )
    const [at, id, question] = Array.isArray(parts) ? (parts as unknown[]) : []
    const parsed = typeof id === 'string' ? parseId<string>(id) : undefined
    if (typeof at !== 'number' || typeof question !== 'string' || parsed === undefined)
      throw new Refusal('parameter-invalid')
    return { at, id: parsed, question }
  } catch (error) {
    if (error instanceof Damaged) throw new Refusal('parameter-invalid', { cause: error })
    throw error
  }
}
