import type { KeyObject } from 'node:crypto'
import { Refusal } from '#base'
import { Damaged, open, seal } from '#keys'
import type { Grant } from '#policy'

// Where a page ended, for the next one: sealed to the actor and to what was asked, so that it tells nothing and cannot be
// moved to another reader or question.

function associatedData({ question: { actor } }: Grant, asked: string): Buffer {
  return Buffer.from(`mark\0${actor.tenant}\0${actor.kind}\0${actor.id}\0${asked}`)
}

export function sealMark(key: KeyObject, grant: Grant, asked: string, place: string): string {
  return seal(key, Buffer.from(place), associatedData(grant, asked)).toString('base64url')
}

/** Throws 'parameter-invalid' for a mark that was not given to this actor for this question. */
export function openMark(key: KeyObject, grant: Grant, asked: string, text: string): string {
  try {
    return open(key, Buffer.from(text, 'base64url'), associatedData(grant, asked)).toString()
  } catch (error) {
    if (error instanceof Damaged) throw new Refusal('parameter-invalid', { cause: error })
    throw error
  }
}
