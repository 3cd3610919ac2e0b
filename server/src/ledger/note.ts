import { type KeyObject, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { sha256 } from '#base'
import type { Signer } from '#keys'

/*
 * A checkpoint is a signed tree head in the form of C2SP tlog-checkpoint, a signed note (C2SP signed-note):
 *
 *     practice.example/ledger          origin: which log this is; also the name of the key
 *     20852163                         how many entries
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     root of the Merkle tree over them
 *                                      (empty line)
 *     — practice.example/ledger Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp…    key id (4 bytes) and Ed25519 signature
 *
 * It holds nothing about anyone, so it can be given to witnesses.
 */

export interface TreeHead {
  readonly size: number
  readonly root: Buffer
}

export interface Checkpoint extends TreeHead {
  readonly origin: string
  /** The text that is signed. */
  readonly text: string
  readonly keyId: Buffer
  readonly signature: Buffer
}

const ed25519 = 0x01
const verifyApart = promisify(verify)

/** Throws RangeError for an origin that a note could not carry: empty, with white space, or with a plus sign. */
export function checkOrigin(origin: string): string {
  if (!/^[^\s+]+$/u.test(origin)) throw new RangeError('the origin of a ledger has neither spaces nor plus signs')
  return origin
}

export function signCheckpoint(origin: string, head: TreeHead, signer: Signer): string {
  const text = `${checkOrigin(origin)}\n${head.size}\n${head.root.toString('base64')}\n`
  const signature = signer.sign(Buffer.from(text))
  const signed = Buffer.concat([keyIdOf(origin, signer.publicKey), signature])
  return `${text}\n\u2014 ${origin} ${signed.toString('base64')}\n`
}

type Group = 'text' | 'origin' | 'size' | 'root' | 'name' | 'signed'

/** Reads a note; says nothing about who signed it. Undefined when it is not one of ours in form. */
export function parseCheckpoint(note: string): Checkpoint | undefined {
  const match =
    /^(?<text>(?<origin>[^\s+]+)\n(?<size>0|[1-9]\d{0,15})\n(?<root>[A-Za-z0-9+/]{43}=)\n)\n\u2014 (?<name>\S+) (?<signed>[A-Za-z0-9+/=]+)\n$/u.exec(
      note,
    )
  if (match === null) return undefined
  // oxlint-disable-next-line no-unsafe-type-assertion -- what matches has every group of the pattern
  const { text, origin, size, root, name, signed } = match.groups as Record<Group, string>
  const bytes = Buffer.from(signed, 'base64')
  // One spelling: base64 with loose bits at its end would be another note with the same meaning.
  if (name !== origin || bytes.length !== 68 || bytes.toString('base64') !== signed) return undefined
  const rootBytes = Buffer.from(root, 'base64')
  if (rootBytes.toString('base64') !== root) return undefined
  return {
    origin,
    size: Number(size),
    root: rootBytes,
    text,
    keyId: bytes.subarray(0, 4),
    signature: bytes.subarray(4),
  }
}

/** Whether this key signed it. On a thread of its own: a signature takes a third of a millisecond to check. */
export async function isSigned(checkpoint: Checkpoint, publicKey: KeyObject): Promise<boolean> {
  if (!keyIdOf(checkpoint.origin, publicKey).equals(checkpoint.keyId)) return false
  return verifyApart(undefined, Buffer.from(checkpoint.text), publicKey, checkpoint.signature)
}

/** C2SP signed-note, "Signature types": SHA-256 of the name, a newline, the type and the key; its first four bytes. */
export function keyIdOf(name: string, publicKey: KeyObject): Buffer {
  const { x } = publicKey.export({ format: 'jwk' })
  if (typeof x !== 'string') throw new Error('not an Ed25519 public key')
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ed25519), Buffer.from(x, 'base64url')])
  return sha256(named).subarray(0, 4)
}
