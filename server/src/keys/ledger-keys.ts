import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { Secret } from '#base'
import { deriveBytes, deriveKey } from './derive.ts'

export interface Signer {
  readonly publicKey: KeyObject
  /** Ed25519 (RFC 8032), 64 bytes. */
  sign(message: Uint8Array): Buffer
}

export interface LedgerKeys {
  /** AES-256 key of the details of entries. */
  readonly seal: KeyObject
  /** HMAC key of the tag that each entry carries: a row that someone adds by SQL has none. */
  readonly tag: KeyObject
  /** Signs checkpoints. */
  readonly signer: Signer
}

// PKCS #8 (RFC 8410, 7) in front of the 32 bytes of an Ed25519 private key.
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

export function deriveLedgerKeys(root: Secret): LedgerKeys {
  const seed = deriveBytes(root, 'ledger/sign')
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' })
  seed.fill(0)
  return {
    seal: deriveKey(root, 'ledger/seal'),
    tag: deriveKey(root, 'ledger/tag'),
    signer: {
      publicKey: createPublicKey(privateKey),
      sign: (message) => sign(undefined, message, privateKey),
    },
  }
}
