import type { KeyObject } from 'node:crypto'
import { Refusal, sha256 } from '#base'
import { openBody, sealBody } from '../body.ts'
import type { Row } from '../row.ts'

/** A row to be sealed, whose `body` is still the JSON text; or one to be opened. */
export interface Piece {
  /** AES-256 key of this patient's bodies. */
  readonly key: KeyObject
  readonly row: Row
}

export interface SealedBody {
  readonly body: Buffer
  /** SHA-256 of the body, for the entry: an old row put back does not match it. */
  readonly hash: Buffer
}

export function sealPiece({ key, row }: Piece): SealedBody {
  const body = sealBody(key, row.place, row, row.body)
  return { body, hash: sha256(body) }
}

/** The JSON text; undefined when any of the row was altered or moved. */
export function openPiece({ key, row }: Piece): Buffer | undefined {
  try {
    return openBody(key, row.place, row, row.body)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'record-damaged') return undefined
    throw error
  }
}
