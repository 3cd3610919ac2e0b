import { createHmac, type KeyObject } from 'node:crypto'
import { Secret } from '#base'
import { deriveKey } from './derive.ts'

type Purpose = 'body' | 'chunk' | 'draft' | 'token'

/** One patient's 256-bit key. Records are never sealed under it, but under a subkey for their purpose. */
export class PatientKey {
  readonly #secret: Secret
  readonly #derived = new Map<Purpose, KeyObject>()

  /** @param bytes 32 random bytes; copied. */
  constructor(bytes: Uint8Array) {
    this.#secret = new Secret(bytes)
  }

  /** AES-256 key of record bodies. */
  get body(): KeyObject {
    return this.#derive('body')
  }

  /** AES-256 key of the chunks of documents and images. */
  get chunk(): KeyObject {
    return this.#derive('chunk')
  }

  /** AES-256 key of unfinished notes. */
  get draft(): KeyObject {
    return this.#derive('draft')
  }

  /** HMAC key of search tokens within this patient. */
  get token(): KeyObject {
    return this.#derive('token')
  }

  /**
   * Says which key this is without telling it. GCM does not: one ciphertext can be made to open under two keys, so a
   * wrapped key carries this beside it.
   */
  commitment(): Buffer {
    return createHmac('sha256', this.#secret.reveal()).update('chartkeep/1/commitment').digest()
  }

  /** For the keyring, which wraps it. */
  secret(): Secret {
    return this.#secret
  }

  #derive(purpose: Purpose): KeyObject {
    const known = this.#derived.get(purpose)
    if (known !== undefined) return known
    const key = deriveKey(this.#secret, `patient/${purpose}`)
    this.#derived.set(purpose, key)
    return key
  }
}
