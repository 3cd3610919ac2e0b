import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto'
import { isIP } from 'node:net'
import { certifyAuthority, certifyServer } from './certificate.ts'
import { isCovered, privateRanges, privateSuffixes } from './names.ts'
import { formatPair, type Pair, parsePair } from './pair.ts'
import { CertificateFault, readPrivate, writeDurably } from './store.ts'

const day = 86_400_000
const authorityLifetime = 3650 * day
/** Short, because nobody has to do anything to renew it. */
const serverLifetime = 90 * day
/** Workstation clocks may be behind. */
const clockSkew = 3_600_000

/**
 * The practice's own certificate authority: one P-384 key that signs this server's certificates and nothing else. It is
 * limited (name constraints) to this server's names, private suffixes and private addresses, so that a workstation which
 * trusts it does not thereby trust it for anyone else's site, not even after the key was stolen.
 */
export class Authority {
  /** PEM, public: what a workstation has to trust. */
  readonly certificate: string
  readonly permitted: readonly string[]
  readonly #key: KeyObject
  readonly #subject: string
  readonly #until: number

  constructor(pair: Pair, permitted: readonly string[]) {
    const parsed = new X509Certificate(pair.cert)
    this.certificate = pair.cert
    this.permitted = permitted
    this.#key = createPrivateKey(pair.key)
    this.#subject = /^CN=(.*)$/m.exec(parsed.subject)?.[1] ?? ''
    this.#until = parsed.validToDate.getTime()
  }

  expired(now: number): boolean {
    return now >= this.#until
  }

  /** A new key and its certificate. `names` must be covered. */
  issue(names: readonly string[], now: number): Pair {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const cert = certifyServer(
      {
        subject: 'Chartkeep server',
        issuer: this.#subject,
        publicKey,
        issuerPublicKey: createPublicKey(this.#key),
        issuerKey: this.#key,
        from: now - clockSkew,
        until: Math.min(now + serverLifetime, this.#until),
      },
      names,
    )
    return { key: privateKeyPem(privateKey), cert }
  }
}

/** The authority kept at `path` (0600); made when there is none, for `names` besides everything private. */
export function openAuthority(path: string, names: readonly string[], now: number): Authority {
  const content = readPrivate(path)
  if (content === undefined) return makeAuthority(path, names, now)
  const { names: permitted, ...pair } = parsePair(content, path)
  const authority = new Authority(pair, permitted)
  if (authority.expired(now)) {
    throw new CertificateFault(
      'expired',
      `The certificate authority in ${path} has expired. Move the file away to have a new one made, then trust the new ca.pem on each workstation.`,
    )
  }
  const outside = names.filter((name) => !isCovered(name, permitted))
  if (outside.length > 0) {
    throw new CertificateFault(
      'names',
      `The certificate authority in ${path} was made for other names and may not certify ${outside.join(', ')}. ` +
        'Move the file away to have a new one made, then trust the new ca.pem on each workstation.',
    )
  }
  return authority
}

function makeAuthority(path: string, names: readonly string[], now: number): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  // A name of its own: two authorities with one name confuse browsers that trust both.
  const subject = `Chartkeep CA ${randomBytes(4).toString('hex')}`
  const permitted = [
    ...new Set([
      ...privateSuffixes,
      ...names.filter((name) => isIP(name) === 0),
      ...privateRanges,
      ...names.filter((name) => isIP(name) !== 0),
    ]),
  ]
  const cert = certifyAuthority(
    {
      subject,
      issuer: subject,
      publicKey,
      issuerPublicKey: publicKey,
      issuerKey: privateKey,
      from: now - clockSkew,
      until: now + authorityLifetime,
    },
    permitted,
  )
  const pair = { key: privateKeyPem(privateKey), cert }
  writeDurably(path, formatPair(pair, permitted), 0o600)
  return new Authority(pair, permitted)
}

function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
