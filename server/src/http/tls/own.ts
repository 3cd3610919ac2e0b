import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Clock, Log } from '#base'
import { type Authority, openAuthority } from './authority.ts'
import type { Certificates } from './certificates.ts'
import { isCovered, loopbackNames, parseName } from './names.ts'
import { formatPair, type Pair, parsePair } from './pair.ts'
import { CertificateFault, readPrivate, writeDurably } from './store.ts'

/** A certificate is renewed when this much of its life is left: 30 of 90 days. */
const renewBefore = 30 * 86_400_000

interface OwnOptions {
  /** Where private keys live: `tls-ca.pem` and `tls-server.pem`, both 0600. */
  readonly keysFolder: string
  /** Where the public `ca.pem` is put for workstations and clients. */
  readonly dataFolder: string
  /** DNS names and addresses by which the server is reached, besides localhost and the host's own name. */
  readonly names: readonly string[]
  readonly clock: Clock
  readonly log: Log
}

/**
 * Certificates of our own small CA, made at first start and renewed while running. Throws CertificateFault when what is
 * stored is damaged, readable by others, expired, or limited to other names.
 */
export function openOwnCertificates({ keysFolder, dataFolder, names, clock, log }: OwnOptions): Certificates {
  const configured = names.map(parseConfigured)
  const own = parseName(hostname())
  const now = clock.now()
  const authorityPath = join(keysFolder, 'tls-ca.pem')
  const firstNames = own === undefined ? configured : [...configured, own]
  const exists = readPrivate(authorityPath) !== undefined
  const authority = openAuthority(authorityPath, exists ? configured : firstNames, now)
  // The host may have been renamed since (a container is, each time); it is still reached by the other names.
  const hostNames = own !== undefined && isCovered(own, authority.permitted) ? [own] : []
  const wanted = [...new Set([...loopbackNames, ...hostNames, ...configured])]
  publish(join(dataFolder, 'ca.pem'), authority.certificate)

  const serverPath = join(keysFolder, 'tls-server.pem')
  let pair = findPair(serverPath, authority, wanted, now) ?? issue(serverPath, authority, wanted, now)

  return {
    names: () => wanted,
    pair: () => pair,
    async refresh() {
      const left = new X509Certificate(pair.cert).validToDate.getTime() - clock.now()
      if (left > renewBefore) return false
      pair = issue(serverPath, authority, wanted, clock.now())
      log.info({ days: 90 }, 'server certificate renewed')
      return true
    },
  }
}

/** Throws what `openOwnCertificates` would, and makes nothing: what is not there yet is made at the start. */
export function inspectOwnCertificates({ keysFolder, names, clock }: Omit<OwnOptions, 'dataFolder' | 'log'>): void {
  const configured = names.map(parseConfigured)
  const authorityPath = join(keysFolder, 'tls-ca.pem')
  if (readPrivate(authorityPath) === undefined) return
  const now = clock.now()
  findPair(join(keysFolder, 'tls-server.pem'), openAuthority(authorityPath, configured, now), configured, now)
}

function parseConfigured(name: string): string {
  const parsed = parseName(name)
  if (parsed === undefined)
    throw new CertificateFault('names', 'A configured server name is neither a DNS name nor an IP address.')
  return parsed
}

/** The stored pair, when it is still good: by this authority, for these names, and not about to end. */
function findPair(path: string, authority: Authority, wanted: readonly string[], now: number): Pair | undefined {
  const content = readPrivate(path)
  if (content === undefined) return undefined
  const { names, ...pair } = parsePair(content, path)
  const certificate = new X509Certificate(pair.cert)
  const ours = certificate.verify(new X509Certificate(authority.certificate).publicKey)
  const fresh = certificate.validToDate.getTime() - now > renewBefore
  return ours && fresh && names.join(' ') === wanted.join(' ') ? pair : undefined
}

function issue(path: string, authority: Authority, names: readonly string[], now: number): Pair {
  const pair = authority.issue(names, now)
  writeDurably(path, formatPair(pair, names), 0o600)
  return pair
}

function publish(path: string, certificate: string): void {
  let published: string | undefined
  try {
    published = readFileSync(path, 'utf8')
  } catch {
    published = undefined
  }
  if (published !== certificate) writeDurably(path, certificate, 0o644)
}
