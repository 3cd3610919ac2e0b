import { Refusal } from '#base'
import { UnsafeDatabase } from './session.ts'

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/**
 * 08 connection, 25006 read only, 25P03 and 25P04 ended for taking too long, 53 out of disk, memory or connections, 57P0x
 * shutting down or starting, 58 system error, XX00x damaged.
 */
const storageCodes = /^(25P0[34]|57P0[1-5]|08...|53...|58...|25006|XX00[0-2])$/
const socketCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EACCES', 'ENOTCONN'])

/** The store itself is not there, full or ending: as opposed to a statement that is wrong. */
export function isStorageFault(error: unknown): boolean {
  const code = codeOf(error)
  if (storageCodes.test(code) || socketCodes.has(code)) return true
  // pg names these by message only.
  return (
    error instanceof Error &&
    /connection terminated|client has encountered a connection error|timeout exceeded when trying to connect|not queryable|connection ended/i.test(
      error.message,
    )
  )
}

/**
 * A statement does not fit the tables: 0A000 its cached plan has other columns, 22 and 42 names, types or rights are not
 * what it was written for. Our statements fit what the migrations made.
 */
export function isMisfit(error: unknown): boolean {
  return /^(0A000|22...|42...)$/.test(codeOf(error))
}

/** Two transactions got in each other's way (serialization failure, deadlock, lock timeout): trying again may work. */
export function isContention(error: unknown): boolean {
  return ['40001', '40P01', '55P03'].includes(codeOf(error))
}

/** A unique constraint said no. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === '23505'
}

/** What the caller of a transaction gets for an error in it. */
export function toRefusal(error: unknown): unknown {
  if (error instanceof Refusal) return error
  if (error instanceof UnsafeDatabase) return new Refusal('storage-unavailable', { cause: error })
  if (isStorageFault(error)) return new Refusal('storage-unavailable', { cause: error })
  if (isContention(error)) return new Refusal('conflict', { cause: error })
  if (codeOf(error) === '57014') return new Refusal('timed-out', { cause: error })
  return error
}
