import type { RowFacts } from './pack.ts'

/*
 * What deflate cannot shorten is taken out before: the beginning of the text, which the row says already (resourceType, id,
 * version, time); ids, which are 36 characters for 16 bytes; base64, which hides words. Three bytes that UTF-8 never has
 * mark them, so a mark cannot stand for anything else:
 *
 * 0xFD, 16 bytes            the id that a reference ends with
 * 0xFE                      the same, when it is the patient's
 * 0xFF, length (4), bytes   a `data` element's text
 */
const idMark = 0xfd
const patientMark = 0xfe
const dataMark = 0xff
const key = Buffer.from('"data":"')
const slash = 0x2f
const hyphen = 0x2d
const quote = 0x22
const shortestData = 32
const idLength = 36

/** What most folded records hold, to stand behind a dictionary, where distances are shortest. */
export const commonest = Buffer.from(
  '},"subject":{"reference":"Patient/\xfe"},"encounter":{"reference":"Encounter/\xfd',
  'latin1',
)

function beginningOf({ type, id, version, updated }: RowFacts): string {
  const time = new Date(updated).toISOString()
  return `{"resourceType":"${type}","id":"${id}","meta":{"versionId":"${version}","lastUpdated":"${time}"`
}

/** `,` or `}`: what follows the beginning, and no whole JSON text starts with. This tells that it was left out. */
const isRest = (byte: number | undefined): boolean => byte === 0x2c || byte === 0x7d

/** JSON text without what the row says and in fewer bytes. */
export function fold(json: Buffer, row: RowFacts): Buffer {
  const beginning = beginningOf(row)
  const begins = json.toString('latin1', 0, beginning.length) === beginning && isRest(json[beginning.length])
  const parts: Buffer[] = []
  let copied = begins ? beginning.length : 0
  let at = json.indexOf(slash, copied)
  let data = json.indexOf(key, copied)
  const take = (from: number, until: number, folded: Buffer): void => {
    parts.push(json.subarray(copied, from), folded)
    copied = until
  }
  while (at >= 0 || data >= 0) {
    let next: number
    if (data >= 0 && (at < 0 || data < at)) {
      const from = data + key.length
      const until = json.indexOf(quote, from)
      const bytes = until - from < shortestData ? undefined : decode(json.toString('latin1', from, until))
      if (bytes !== undefined) take(from, until, Buffer.concat([head(bytes.length), bytes]))
      next = bytes === undefined ? from : until
    } else {
      const folded = foldId(json, at + 1, row.patient)
      next = at + 1
      if (folded !== undefined) take(next, (next += idLength), folded)
    }
    if (at < next) at = json.indexOf(slash, next)
    if (data >= 0 && data < next) data = json.indexOf(key, next)
  }
  if (parts.length === 0) return begins ? json.subarray(copied) : json
  return Buffer.concat([...parts, json.subarray(copied)])
}

const patientFolded = Buffer.of(patientMark)

/** The id from `at` to the end of its string, folded; undefined when none stands there as we write them. */
function foldId(json: Buffer, at: number, patient: string | undefined): Buffer | undefined {
  if (json[at + 8] !== hyphen || json[at + 13] !== hyphen || json[at + 18] !== hyphen || json[at + 23] !== hyphen)
    return undefined
  if (json[at + idLength] !== quote) return undefined
  const id = json.toString('latin1', at, at + idLength)
  if (id === patient) return patientFolded
  const digits = id.replaceAll('-', '')
  const folded = Buffer.alloc(17)
  folded[0] = idMark
  return digits.length === 32 && folded.write(digits, 1, 'hex') === 16 && folded.toString('hex', 1) === digits
    ? folded
    : undefined
}

/** The bytes, when this is their one and only base64. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

function head(length: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes[0] = dataMark
  bytes.writeUInt32BE(length, 1)
  return bytes
}

/** The JSON text again, byte for byte, when these are the facts of the row that it was folded for. */
export function unfold(folded: Buffer, row: RowFacts): Buffer {
  const parts: Buffer[] = isRest(folded[0]) ? [Buffer.from(beginningOf(row), 'latin1')] : []
  let copied = 0
  for (let at = 0; at < folded.length; at++) {
    const byte = folded[at] ?? 0
    if (byte < idMark) continue
    parts.push(folded.subarray(copied, at))
    if (byte === patientMark) {
      parts.push(Buffer.from(row.patient ?? '', 'latin1'))
      copied = at + 1
    } else if (byte === idMark) {
      copied = at + 17
      parts.push(Buffer.from(unfoldId(folded, at + 1), 'latin1'))
    } else {
      const from = at + 5
      copied = from + folded.readUInt32BE(at + 1)
      parts.push(Buffer.from(folded.toString('base64', from, copied), 'latin1'))
    }
    at = copied - 1
  }
  if (parts.length === 0) return folded
  parts.push(folded.subarray(copied))
  return Buffer.concat(parts)
}

function unfoldId(folded: Buffer, at: number): string {
  const digits = folded.toString('hex', at, at + 16)
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
}
