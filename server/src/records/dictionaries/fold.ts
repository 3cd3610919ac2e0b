import { digitOf, noDigit, spellUuid, uuidLength, uuidPlaces } from '#base'
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

// Texts are folded here: no text grows by it.
const desk = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * JSON text without what the row says and in fewer bytes. They are lent: the next call writes over them.
 */
export function fold(json: Buffer, row: RowFacts): Buffer {
  const folded = json.length <= desk.length ? desk : Buffer.allocUnsafeSlow(json.length)
  const beginning = beginningOf(row)
  const begins = json.toString('latin1', 0, beginning.length) === beginning && isRest(json[beginning.length])
  const patient = row.patient === undefined ? undefined : Buffer.from(row.patient, 'latin1')
  let copied = begins ? beginning.length : 0
  let end = 0
  let at = json.indexOf(slash, copied)
  let data = json.indexOf(key, copied)
  while (at >= 0 || data >= 0) {
    let next: number
    if (data >= 0 && (at < 0 || data < at)) {
      const from = data + key.length
      next = json.indexOf(quote, from)
      const bytes = next - from < shortestData ? undefined : decode(json.toString('latin1', from, next))
      if (bytes === undefined) next = from
      else {
        end += json.copy(folded, end, copied, from)
        folded[end++] = dataMark
        end = folded.writeUInt32BE(bytes.length, end)
        end += bytes.copy(folded, end)
        copied = next
      }
    } else {
      next = at + 1
      if (isIdAt(json, next)) {
        end += json.copy(folded, end, copied, next)
        if (patient !== undefined && patient.compare(json, next, next + uuidLength) === 0) folded[end++] = patientMark
        else end = foldId(json, next, folded, end)
        copied = next += uuidLength
      }
    }
    if (at < next) at = json.indexOf(slash, next)
    if (data >= 0 && data < next) data = json.indexOf(key, next)
  }
  end += json.copy(folded, end, copied)
  return folded.subarray(0, end)
}

/** Whether an id, as we write them, is what a string ends with. */
function isIdAt(json: Buffer, at: number): boolean {
  if (json[at + 8] !== hyphen || json[at + 13] !== hyphen || json[at + 18] !== hyphen || json[at + 23] !== hyphen)
    return false
  if (json[at + uuidLength] !== quote) return false
  return uuidPlaces.every((place) => digitAt(json, at + place) !== noDigit && digitAt(json, at + place + 1) !== noDigit)
}

const digitAt = (json: Buffer, at: number): number => digitOf[json[at] ?? 0] ?? noDigit

/** Answers where it ends. */
function foldId(json: Buffer, at: number, folded: Buffer, end: number): number {
  folded[end++] = idMark
  for (const place of uuidPlaces) folded[end++] = (digitAt(json, at + place) << 4) | digitAt(json, at + place + 1)
  return end
}

/** The bytes, when this is their one and only base64. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** The JSON text again, byte for byte, when these are the facts of the row that it was folded for. */
export function unfold(folded: Buffer, row: RowFacts): Buffer {
  const beginning = isRest(folded[0]) ? beginningOf(row) : ''
  const patient = row.patient ?? ''
  const marks = marksIn(folded)
  let size = beginning.length + folded.length
  for (const mark of marks) {
    const byte = folded[mark]
    if (byte === patientMark) size += patient.length - 1
    else if (byte === idMark) size += uuidLength - 17
    else size += base64Length(folded.readUInt32BE(mark + 1)) - dataEnd(folded, mark) + mark
  }
  const text = Buffer.allocUnsafe(size)
  let end = text.write(beginning, 0, 'latin1')
  let copied = 0
  for (const mark of marks) {
    end += folded.copy(text, end, copied, mark)
    const byte = folded[mark]
    if (byte === patientMark) {
      end += text.write(patient, end, 'latin1')
      copied = mark + 1
    } else if (byte === idMark) {
      spellUuid(folded, mark + 1, text, end)
      end += uuidLength
      copied = mark + 17
    } else {
      copied = dataEnd(folded, mark)
      end += text.write(folded.toString('base64', mark + 5, copied), end, 'latin1')
    }
  }
  end += folded.copy(text, end, copied)
  return end === size ? text : text.subarray(0, end)
}

/** Where the marks stand: not in the bytes that they say follow them. */
function marksIn(folded: Buffer): number[] {
  const marks: number[] = []
  for (let at = 0; at < folded.length; at++) {
    const byte = folded[at] ?? 0
    if (byte < idMark) continue
    marks.push(at)
    if (byte === idMark) at += 16
    else if (byte === dataMark) at = dataEnd(folded, at) - 1
  }
  return marks
}

const base64Length = (length: number): number => Math.ceil(length / 3) * 4

/** Throws a RangeError when they were cut. */
function dataEnd(folded: Buffer, mark: number): number {
  return Math.min(mark + 5 + folded.readUInt32BE(mark + 1), folded.length)
}
