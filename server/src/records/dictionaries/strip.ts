import type { RowFacts } from './pack.ts'

// What the row says already is left out of the text: its beginning, which we wrote ourselves (resourceType, id, version,
// time), and the patient's id wherever it stands. No byte of UTF-8 is 0xFE, so the mark cannot stand for anything else.
const mark = 0xfe
const comma = 0x2c
const brace = 0x7d

function beginningOf({ type, id, version, updated }: RowFacts): string {
  const time = new Date(updated).toISOString()
  return `{"resourceType":"${type}","id":"${id}","meta":{"versionId":"${version}","lastUpdated":"${time}"`
}

/** What follows the beginning, which no whole JSON text starts with: this tells that there was one. */
const isRest = (byte: number | undefined): boolean => byte === comma || byte === brace

/** JSON text less what its row says. */
export function strip(json: Buffer, row: RowFacts): Buffer {
  const beginning = beginningOf(row)
  const begins = json.toString('latin1', 0, beginning.length) === beginning && isRest(json[beginning.length])
  const rest = begins ? json.subarray(beginning.length) : json
  const { patient } = row
  if (patient === undefined) return rest
  const parts: Buffer[] = []
  let copied = 0
  for (let at = rest.indexOf(patient); at >= 0; at = rest.indexOf(patient, copied)) {
    parts.push(rest.subarray(copied, at), marked)
    copied = at + patient.length
  }
  return parts.length === 0 ? rest : Buffer.concat([...parts, rest.subarray(copied)])
}

const marked = Buffer.of(mark)

/** The JSON text again, byte for byte, when these are the facts of the row that it was stripped for. */
export function restore(stripped: Buffer, row: RowFacts): Buffer {
  const beginning = isRest(stripped[0]) ? beginningOf(row) : ''
  const patient = row.patient ?? ''
  let marks = 0
  for (let at = stripped.indexOf(mark); at >= 0; at = stripped.indexOf(mark, at + 1)) marks++
  if (beginning === '' && marks === 0) return stripped
  const text = Buffer.allocUnsafe(beginning.length + stripped.length + marks * (patient.length - 1))
  let written = text.write(beginning, 0, 'latin1')
  let copied = 0
  for (let at = stripped.indexOf(mark); at >= 0; at = stripped.indexOf(mark, copied)) {
    written += stripped.copy(text, written, copied, at)
    written += text.write(patient, written, 'latin1')
    copied = at + 1
  }
  stripped.copy(text, written, copied)
  return text
}
