import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { bits, context, element, integer, octets, oid, sequence, set, text, time, yes } from './der.ts'
import { addressBytes, rangeBytes } from './names.ts'

/**
 * X.509 v3 certificates (RFC 5280), written with node:crypto alone. `@peculiar/x509` was tried first: it needs a global
 * polyfill of `Reflect` and brings a dozen packages, for the two certificates that are made here.
 */
interface CertificateFacts {
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly issuerPublicKey: KeyObject
  /** Private EC key of the issuer; the signature is ECDSA with SHA-384. */
  readonly issuerKey: KeyObject
  /** Unix milliseconds. */
  readonly from: number
  readonly until: number
  readonly extensions: readonly Buffer[]
}

const ecdsaWithSha384 = sequence(oid('1.2.840.10045.4.3.3'))

/** The certificate of the authority itself; `permitted` limits what it can ever certify (name constraints, critical). */
export function certifyAuthority(facts: Omit<CertificateFacts, 'extensions'>, permitted: readonly string[]): string {
  return certify({
    ...facts,
    extensions: [
      extension('2.5.29.19', sequence(yes, integer(Buffer.of(0))), true), // basic constraints: CA, path length 0
      extension('2.5.29.15', bits(Buffer.of(0b0000_0110), 1), true), // key usage: keyCertSign, cRLSign
      extension('2.5.29.30', sequence(context(0, true, ...permitted.map((name) => sequence(constraint(name))))), true),
    ],
  })
}

/** The certificate of a TLS server that is reached by these names. */
export function certifyServer(facts: Omit<CertificateFacts, 'extensions'>, names: readonly string[]): string {
  return certify({
    ...facts,
    extensions: [
      extension('2.5.29.19', sequence(), true), // basic constraints: not a CA
      extension('2.5.29.15', bits(Buffer.of(0b1000_0000), 7), true), // key usage: digitalSignature
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))), // extended key usage: serverAuth
      extension('2.5.29.17', sequence(...names.map(generalName))),
    ],
  })
}

/** PEM of the signed certificate. */
function certify(facts: CertificateFacts): string {
  const authorityId = keyId(facts.issuerPublicKey)
  const extensions = [
    ...facts.extensions,
    extension('2.5.29.14', octets(keyId(facts.publicKey))),
    extension('2.5.29.35', sequence(context(0, false, authorityId))),
  ]
  const toBeSigned = sequence(
    context(0, true, integer(Buffer.of(2))),
    integer(serialNumber()),
    ecdsaWithSha384,
    distinguishedName(facts.issuer),
    sequence(time(facts.from), time(facts.until)),
    distinguishedName(facts.subject),
    spki(facts.publicKey),
    context(3, true, sequence(...extensions)),
  )
  const signature = sign('sha384', toBeSigned, facts.issuerKey)
  const der = sequence(toBeSigned, ecdsaWithSha384, bits(signature))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** 127 random bits: positive and within 20 octets (RFC 5280, 4.1.2.2). */
function serialNumber(): Buffer {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial
}

function distinguishedName(commonName: string): Buffer {
  const attribute = (type: string, value: string) => set(sequence(oid(type), text(value)))
  return sequence(attribute('2.5.4.10', 'Chartkeep'), attribute('2.5.4.3', commonName))
}

function extension(type: string, value: Buffer, critical = false): Buffer {
  return critical ? sequence(oid(type), yes, octets(value)) : sequence(oid(type), octets(value))
}

/** A subject alternative name: dNSName [2] or iPAddress [7]. */
function generalName(name: string): Buffer {
  return isIP(name) === 0 ? element(0x82, Buffer.from(name, 'ascii')) : element(0x87, addressBytes(name))
}

/** A permitted subtree: dNSName [2], or iPAddress [7] as address and mask. */
function constraint(name: string): Buffer {
  if (isIP(name.split('/')[0] ?? '') === 0) return element(0x82, Buffer.from(name, 'ascii'))
  const { address, mask } = rangeBytes(name)
  return element(0x87, address, mask)
}

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

/** A key identifier: the first 160 bits of SHA-256 over the public key (RFC 7093, section 2). */
const keyId = (key: KeyObject): Buffer => createHash('sha256').update(spki(key)).digest().subarray(0, 20)
