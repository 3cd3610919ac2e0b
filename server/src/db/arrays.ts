import { writeId, writeInt64 } from '#base'

/**
 * PostgreSQL's binary array format (src/backend/utils/adt/arrayfuncs.c, array_send). pg sends a Buffer as a binary
 * parameter, so an array built here skips the text form: no hex for bytea, no quoting. Cast in SQL: `$1::uuid[]`.
 */
function frame(
  elementOid: number,
  count: number,
  payload: number,
  hasNull = false,
): { buffer: Buffer; offset: number } {
  const buffer = Buffer.allocUnsafe(20 + payload)
  buffer.writeInt32BE(1, 0) // dimensions
  buffer.writeInt32BE(hasNull ? 1 : 0, 4)
  buffer.writeInt32BE(elementOid, 8)
  buffer.writeInt32BE(count, 12)
  buffer.writeInt32BE(1, 16) // lower bound
  return { buffer, offset: 20 }
}

function fixed<T>(
  elementOid: number,
  size: number,
  values: readonly T[],
  write: (value: T & {}, target: Buffer, at: number) => void,
): Buffer {
  const nulls = values.reduce((sum: number, value) => (value === null || value === undefined ? sum + 1 : sum), 0)
  const framed = frame(elementOid, values.length, values.length * 4 + (values.length - nulls) * size, nulls > 0)
  let offset = framed.offset
  for (const value of values) {
    if (value === null || value === undefined) {
      offset = framed.buffer.writeInt32BE(-1, offset)
      continue
    }
    offset = framed.buffer.writeInt32BE(size, offset)
    write(value, framed.buffer, offset)
    offset += size
  }
  return framed.buffer
}

function variable(elementOid: number, values: readonly (Uint8Array | null | undefined)[]): Buffer {
  let size = 0
  let hasNull = false
  for (const value of values) {
    size += 4 + (value?.length ?? 0)
    hasNull ||= value === null || value === undefined
  }
  const framed = frame(elementOid, values.length, size, hasNull)
  let offset = framed.offset
  for (const value of values) {
    if (value === null || value === undefined) {
      offset = framed.buffer.writeInt32BE(-1, offset)
      continue
    }
    offset = framed.buffer.writeInt32BE(value.length, offset)
    framed.buffer.set(value, offset)
    offset += value.length
  }
  return framed.buffer
}

export function uuidArray(ids: readonly (string | null | undefined)[]): Buffer {
  return fixed(2950, 16, ids, (id, target, at) => writeId(id, target, at))
}

export function byteaArray(values: readonly (Uint8Array | null | undefined)[]): Buffer {
  return variable(17, values)
}

export function textArray(values: readonly (string | null | undefined)[]): Buffer {
  return variable(
    25,
    values.map((value) => (value === null || value === undefined ? value : Buffer.from(value))),
  )
}

export function int2Array(values: readonly (number | null | undefined)[]): Buffer {
  return fixed(21, 2, values, (value, target, at) => target.writeInt16BE(value, at))
}

export function int4Array(values: readonly (number | null | undefined)[]): Buffer {
  return fixed(23, 4, values, (value, target, at) => target.writeInt32BE(value, at))
}

export function int8Array(values: readonly (number | bigint | null | undefined)[]): Buffer {
  return fixed(20, 8, values, (value, target, at) => target.writeBigInt64BE(BigInt(value), at))
}

// PostgreSQL counts microseconds from 2000-01-01.
const pgEpoch = 946_684_800_000

/** Unix milliseconds → timestamptz[]. */
export function timestamptzArray(values: readonly (number | null | undefined)[]): Buffer {
  return fixed(1184, 8, values, (value, target, at) => writeInt64(Math.round((value - pgEpoch) * 1000), target, at))
}

export function booleanArray(values: readonly (boolean | null | undefined)[]): Buffer {
  return fixed(16, 1, values, (value, target, at) => target.writeUInt8(value ? 1 : 0, at))
}
