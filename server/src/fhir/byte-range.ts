import type { Readable } from 'node:stream'
import type { Answer, Exchange } from '#http'
import type { Stored } from '#records'
import { parseEtags } from './answers.ts'

/** The bytes that are asked for, `end` left out; 'whole' for all of them, 'none' for what is not there. */
export type ByteRange = { readonly from: number; readonly end: number } | 'whole' | 'none'

/**
 * One range of bytes (RFC 9110, 14.2). What cannot be read, another unit and several ranges at once are answered with the
 * whole, as is a range of what If-Range does not mean (13.1.5). Content never changes, so our weak tags do for that.
 */
export function rangeAsked(
  { headers }: Pick<Exchange, 'headers'>,
  { version, updated }: Pick<Stored, 'version' | 'updated'>,
  size: number,
): ByteRange {
  const asked = headers.range === undefined ? undefined : /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range.trim())
  const condition = headers['if-range']
  if (asked === null || asked === undefined) return 'whole'
  if (typeof condition === 'string') {
    const seen = parseEtags(condition)
    const met = seen === undefined ? condition === new Date(updated).toUTCString() : seen !== '*' && seen[0] === version
    if (!met) return 'whole'
  }
  return readRange(asked[1] ?? '', asked[2] ?? '', size)
}

function readRange(first: string, last: string, size: number): ByteRange {
  if (first === '' && last === '') return 'whole'
  // `-500`: the last 500.
  if (first === '') return last === '0' || size === 0 ? 'none' : { from: Math.max(0, size - Number(last)), end: size }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return 'whole'
  if (from >= size) return 'none'
  return { from, end: last === '' ? size : Math.min(Number(last) + 1, size) }
}

interface Readings {
  readonly size: number
  read(from?: number, end?: number): Readable
}

/** 200 with the whole, 206 with a part, or 416 (RFC 9110, 15.3.7 and 15.5.17). */
export function partAnswer({ size, read }: Readings, headers: Record<string, string>, range: ByteRange): Answer {
  const described = { ...headers, 'accept-ranges': 'bytes' }
  if (range === 'whole') return { status: 200, headers: { ...described, 'content-length': String(size) }, body: read() }
  if (range === 'none') return { status: 416, headers: { 'content-range': `bytes */${size}` }, body: notThere }
  const { from, end } = range
  return {
    status: 206,
    headers: {
      ...described,
      'content-range': `bytes ${from}-${end - 1}/${size}`,
      'content-length': String(end - from),
    },
    body: read(from, end),
  }
}

const notThere = JSON.stringify({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'value', diagnostics: 'The content has no such bytes.' }],
})
