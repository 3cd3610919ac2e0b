import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv4, type Socket } from 'node:net'
import { addressBytes } from './tls/names.ts'

/** Which network address a request counts as coming from. */
export type FindAddress = (incoming: IncomingMessage) => string

/**
 * The peer of the connection. X-Forwarded-For is believed only from the proxies listed (addresses or `address/length`),
 * and only as far back as they reach: the last address in it that is not one of them (V4: not spoofable). A hop that is
 * no address ends the trust: then it is the last proxy that could be followed, and nothing beyond.
 */
export function addressFinder(trustedProxies: readonly string[]): FindAddress {
  if (trustedProxies.length === 0) return ({ socket }) => peerOf(socket)
  const isTrusted = proxyMatcher(trustedProxies)
  return (incoming) => {
    const peer = peerOf(incoming.socket)
    if (!isTrusted(peer)) return peer
    const forwarded = incoming.headers['x-forwarded-for']
    const hops = typeof forwarded === 'string' ? forwarded.split(',') : []
    let reached = peer
    for (const text of hops.toReversed()) {
      const hop = parseHop(text)
      if (hop === undefined) return reached
      reached = hop
      if (!isTrusted(hop)) return hop
    }
    return reached
  }
}

/** Whether an address is one of the proxies listed. */
export function proxyMatcher(trustedProxies: readonly string[]): (address: string) => boolean {
  const trusted = new BlockList()
  for (const proxy of trustedProxies) {
    const [address = '', length] = proxy.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    trusted.addSubnet(address, length === undefined ? (family === 'ipv4' ? 32 : 128) : Number(length), family)
  }
  return (address) => isIP(address) !== 0 && trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

/** An address, as proxies write it: also with a port, and then IPv6 in brackets. */
function parseHop(text: string): string | undefined {
  const [, bracketed, dotted] = /^\s*(?:\[([^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5})\s*$/.exec(text) ?? []
  const address = plain((bracketed ?? dotted ?? text).trim().toLowerCase().replace(/%.*/s, ''))
  return isIP(address) === 0 ? undefined : address
}

/** The network address of the connection's other end. */
export function peerOf({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string {
  return plain(remoteAddress ?? '')
}

/** An IPv4 address seen through an IPv6 socket is written as IPv4. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address
}

/** Who is counted together: an IPv4 address; of IPv6 the /64 that one caller usually has to itself. */
export function neighbourhood(address: string): string {
  return isIP(address) === 6 ? `${addressBytes(address.replace(/%.*/s, '')).toString('hex', 0, 8)}/64` : address
}
