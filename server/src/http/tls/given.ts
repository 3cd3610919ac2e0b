import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { type Clock, type Log } from '#base'
import type { Certificates } from './certificates.ts'
import { checkPair, type Pair } from './pair.ts'
import { CertificateFault } from './store.ts'

interface GivenOptions {
  /** PEM: the server's certificate first, then its intermediates. */
  readonly certFile: string
  /** PEM, unencrypted. */
  readonly keyFile: string
  readonly clock: Clock
  readonly log: Log
}

/**
 * Certificates that someone else renews (ACME client, the organisation's PKI). The files are read again when they change;
 * a pair that does not fit together, is expired or cannot be read is logged and left aside, and the old one goes on.
 */
export function openGivenCertificates({ certFile, keyFile, clock, log }: GivenOptions): Certificates {
  const read = (): Pair & { digest: string } => {
    const cert = readGiven(certFile)
    const key = readGiven(keyFile)
    const { certificate } = checkPair({ cert, key }, `${certFile} and ${keyFile}`)
    if (certificate.validToDate.getTime() <= clock.now())
      throw new CertificateFault('expired', `The certificate in ${certFile} has expired.`)
    return { cert, key, digest: createHash('sha256').update(cert).update(key).digest('hex') }
  }
  if ((statSync(keyFile, { throwIfNoEntry: false })?.mode ?? 0) & 0o007) {
    throw new CertificateFault(
      'exposed',
      `${keyFile} can be read by everyone on this machine. Run: chmod o= ${keyFile}`,
    )
  }
  let current = read()
  let names = subjectNames(current.cert)

  return {
    names: () => names,
    pair: () => current,
    async refresh() {
      try {
        const next = read()
        if (next.digest === current.digest) return false
        current = next
        names = subjectNames(next.cert)
        log.info('server certificate read again')
        return true
      } catch (error) {
        log.error({ err: error }, 'server certificate files are not usable; the old certificate stays')
        return false
      }
    },
  }
}

function readGiven(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new CertificateFault('missing', `${path} cannot be read.`)
  }
}

/** DNS names and addresses of the certificate; `*.example.org` stays as it is. */
function subjectNames(cert: string): readonly string[] {
  const names = new X509Certificate(cert).subjectAltName ?? ''
  return [...names.matchAll(/(?:DNS|IP Address):([^,\s"]+)/g)].map((match) => (match[1] ?? '').toLowerCase())
}
