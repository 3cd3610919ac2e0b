import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { CertificateFault } from './store.ts'

/** A certificate (with its chain, when it has one) and its private key, both PEM. */
export interface Pair {
  readonly key: string
  readonly cert: string
}

/** One file holds both, so that no crash leaves a key beside a certificate that is not its own. */
export function formatPair(pair: Pair, names: readonly string[]): string {
  return `Names: ${names.join(' ')}\n${pair.cert}${pair.key}`
}

/** The pair and the names line of a file that `formatPair` wrote. `where` is named in the fault when it is damaged. */
export function parsePair(content: string, where: string): Pair & { names: readonly string[] } {
  const key = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/.exec(content)?.[0]
  const cert = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/.exec(content)?.[0]
  const names = /^Names: (.*)$/m.exec(content)?.[1]
  if (key === undefined || cert === undefined || names === undefined) throw damaged(where)
  const pair = { key, cert, names: names.split(' ') }
  checkPair(pair, where)
  return pair
}

/** Throws unless the key belongs to the (first) certificate. */
export function checkPair(pair: Pair, where: string): { certificate: X509Certificate; privateKey: KeyObject } {
  let certificate: X509Certificate
  let privateKey: KeyObject
  try {
    certificate = new X509Certificate(pair.cert)
    privateKey = createPrivateKey(pair.key)
  } catch {
    throw damaged(where)
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CertificateFault('damaged', `The private key does not belong to the certificate: ${where}.`)
  }
  return { certificate, privateKey }
}

const damaged = (where: string): CertificateFault =>
  new CertificateFault(
    'damaged',
    `${where} does not hold a readable certificate with its private key. Restore it, or move it away to have a new one made.`,
  )
