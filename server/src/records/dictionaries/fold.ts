// Attachments come as base64, and base64 hides words from deflate: a note packed so takes twice the room. The text of a
// `data` element is kept as the bytes it stands for: mark, length (4 bytes), bytes. No byte of UTF-8 is 0xFF, so the
// mark cannot stand anywhere else.
const mark = 0xff
const key = Buffer.from('"data":"')
const quote = 0x22
const shortest = 32

/** JSON text with the base64 of its `data` elements decoded. */
export function fold(json: Buffer): Buffer {
  const parts: Buffer[] = []
  let copied = 0
  for (let at = json.indexOf(key); at >= 0; at = json.indexOf(key, at)) {
    const from = at + key.length
    const until = json.indexOf(quote, from)
    const bytes = until - from < shortest ? undefined : decode(json.toString('latin1', from, until))
    at = from
    if (bytes === undefined) continue
    parts.push(json.subarray(copied, from), head(bytes.length), bytes)
    copied = until
    at = until
  }
  return parts.length === 0 ? json : Buffer.concat([...parts, json.subarray(copied)])
}

/** The bytes, when this is their one and only base64. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

function head(length: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes[0] = mark
  bytes.writeUInt32BE(length, 1)
  return bytes
}

/** The JSON text again, byte for byte. */
export function unfold(folded: Buffer): Buffer {
  let at = folded.indexOf(mark)
  if (at < 0) return folded
  const parts: Buffer[] = []
  let copied = 0
  for (; at >= 0; at = folded.indexOf(mark, copied)) {
    const from = at + 5
    const until = from + folded.readUInt32BE(at + 1)
    parts.push(folded.subarray(copied, at), Buffer.from(folded.toString('base64', from, until), 'latin1'))
    copied = until
  }
  return Buffer.concat([...parts, folded.subarray(copied)])
}
