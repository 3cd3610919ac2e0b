import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv4 } from 'node:net'
import { addressBytes } from './tls/names.ts'

/** Which network address a request counts as coming from. */
export type FindAddress = (incoming: IncomingMessage) => string

/**
 * The peer of the connection. X-Forwarded-For is believed only from the proxies listed (addresses or `address/length`),
 * and only as far back as they reach: the last address in it that is not one of them (V4: not spoofable).
 */
export function addressFinder(trustedProxies: readonly string[]): FindAddress {
  if (trustedProxies.length === 0) return peerOf
  const trusted = new BlockList()
  for (const proxy of trustedProxies) {
    const [address = '', length] = proxy.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    trusted.addSubnet(address, length === undefined ? (family === 'ipv4' ? 32 : 128) : Number(length), family)
  }
  const isTrusted = (address: string) => trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  return (incoming) => {
    const peer = peerOf(incoming)
    if (!isTrusted(peer)) return peer
    const forwarded = incoming.headers['x-forwarded-for']
    const hops = typeof forwarded === 'string' ? forwarded.split(',').map((hop) => plain(hop.trim())) : []
    for (const hop of hops.toReversed()) {
      if (isIP(hop) === 0) return peer
      if (!isTrusted(hop)) return hop
    }
    return peer
  }
}

function peerOf(incoming: IncomingMessage): string {
  return plain(incoming.socket.remoteAddress ?? '')
}

/** An IPv4 address seen through an IPv6 socket is written as IPv4. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address
}

/** Who is counted together: an IPv4 address; of IPv6 the /64 that one caller usually has to itself. */
export function neighbourhood(address: string): string {
  return isIP(address) === 6 ? `${addressBytes(address.replace(/%.*$/, '')).toString('hex', 0, 8)}/64` : address
}
