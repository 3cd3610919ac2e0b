import { type Id, readInt64, readUuid, writeId, writeInt64 } from '#base'
import type { EntryState, StateKind } from './facts.ts'
import { checkUuid, idLength } from './packed.ts'

/*
 * States in an entry are 41 bytes each: kind (1, and 128 when it has ended), subject (16), version (8), code (16).
 */
const macLength = 16
const stateLength = 1 + idLength + 8 + macLength
const endedFlag = 128
const kinds = ['account', 'session', 'client', 'token', 'draft'] as const satisfies readonly StateKind[]

/** A state with the entry that recorded it. */
export interface RecordedState extends EntryState {
  readonly entry: string
}

/** Throws TypeError for what cannot be recorded exactly. */
export function packStates(states: readonly EntryState[]): Buffer {
  const packed = Buffer.allocUnsafe(states.length * stateLength)
  for (const [index, { kind, subject, version, ended, mac }] of states.entries()) {
    if (mac.length !== macLength || !Number.isSafeInteger(version)) throw new TypeError('a state lacks its code')
    const at = index * stateLength
    packed[at] = kinds.indexOf(kind) | (ended ? endedFlag : 0)
    writeId(checkUuid(subject), packed, at + 1)
    writeInt64(version, packed, at + 1 + idLength)
    packed.set(mac, at + stateLength - macLength)
  }
  return packed
}

/** Those that an entry recorded. */
export function statesOf({ id, states: packed }: { readonly id: string; readonly states: Buffer }): RecordedState[] {
  const states: RecordedState[] = []
  for (let at = 0; at + stateLength <= packed.length; at += stateLength) {
    const flags = packed[at] ?? 0
    states.push({
      kind: kinds[flags & ~endedFlag] ?? 'account',
      // oxlint-disable-next-line no-unsafe-type-assertion -- sixteen bytes are an id
      subject: readUuid(packed, at + 1) as Id<string>,
      version: readInt64(packed, at + 1 + idLength),
      ended: (flags & endedFlag) !== 0,
      mac: packed.subarray(at + stateLength - macLength, at + stateLength),
      entry: id,
    })
  }
  return states
}
