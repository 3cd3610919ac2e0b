const high = 0x1_0000_0000

/** A safe integer as 8 bytes, big-endian, two's complement: without the BigInt, which is a thing to collect. */
export function writeInt64(value: number, target: Buffer, offset: number): void {
  const upper = Math.floor(value / high)
  target.writeInt32BE(upper, offset)
  target.writeUInt32BE(value - upper * high, offset + 4)
}

/** What `writeInt64` wrote. */
export function readInt64(source: Buffer, offset: number): number {
  return source.readInt32BE(offset) * high + source.readUInt32BE(offset + 4)
}
