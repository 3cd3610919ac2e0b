const space = 0x20
const newline = 0x0a

/** The same JSON text with a line for each member (`_pretty`, R4 http, 3.1.0.1.12): not parsed, so numbers stay as written. */
export function prettyJson(json: Buffer): Buffer {
  const parts: Buffer[] = []
  let depth = 0
  let from = 0
  const breakLine = (at: number): void => {
    parts.push(json.subarray(from, at), Buffer.alloc(1 + 2 * depth, space))
    const line = parts.at(-1)
    if (line !== undefined) line[0] = newline
    from = at
  }
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]
    if (byte === 0x22) at = endOfString(json, at)
    else if (byte === 0x7b || byte === 0x5b) {
      // An empty object or array stays on its line.
      if (json[at + 1] === 0x7d || json[at + 1] === 0x5d) at++
      else {
        depth++
        breakLine(at + 1)
      }
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--
      breakLine(at)
    } else if (byte === 0x2c) breakLine(at + 1)
    else if (byte === 0x3a) {
      parts.push(json.subarray(from, at + 1), Buffer.of(space))
      from = at + 1
    }
  }
  return Buffer.concat([...parts, json.subarray(from)])
}

function endOfString(json: Buffer, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === 0x5c) at++
    else if (json[at] === 0x22) return at
  }
  return json.length
}
