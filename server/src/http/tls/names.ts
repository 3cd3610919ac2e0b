import { isIP, isIPv4 } from 'node:net'

/** Names by which a server on this machine is always reached. */
export const loopbackNames = ['localhost', '127.0.0.1', '::1'] as const

/** Suffixes that no public site can have: reserved for private networks (RFC 6762, RFC 8375, ICANN .internal). */
export const privateSuffixes = ['localhost', 'local', 'internal', 'home.arpa', 'lan'] as const

/** Address ranges that no public site can have (RFC 1122, 1918, 3927, 4193, 4291, 6598), as address/prefix length. */
export const privateRanges = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
] as const

const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/

/** Lower-case DNS name or IP address without brackets, or undefined when it is neither. */
export function parseName(value: string): string | undefined {
  const name = value.toLowerCase()
  if (isIP(name) !== 0) return name
  return hostName.test(name) ? name : undefined
}

/** 4 or 16 bytes of an IP address. */
export function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  // `::` stands for as many zero groups as are missing; an IPv4 tail (::ffff:1.2.3.4) is two groups.
  const hex = address.replace(/\d+\.\d+\.\d+\.\d+$/, (tail) =>
    addressBytes(tail)
      .toString('hex')
      .replace(/(.{4})/, '$1:'),
  )
  const [head = '', tail] = hex.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const missing = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return Buffer.from([...before, ...missing, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex')
}

/** `address/length` → address bytes and mask bytes, as name constraints want them (RFC 5280, 4.2.1.10). */
export function rangeBytes(range: string): { address: Buffer; mask: Buffer } {
  const [text = '', length] = range.split('/')
  const address = addressBytes(text)
  const kept = length === undefined ? address.length * 8 : Number(length)
  const mask = Buffer.from(
    Array.from({ length: address.length }, (_, at) => (0xff << (8 - Math.min(8, Math.max(0, kept - at * 8)))) & 0xff),
  )
  return { address: Buffer.from(address.map((byte, at) => byte & (mask[at] ?? 0))), mask }
}

/** Whether an authority that is limited to `permitted` (DNS names, their subdomains, ranges) may certify `name`. */
export function isCovered(name: string, permitted: readonly string[]): boolean {
  if (isIP(name) === 0) return permitted.some((allowed) => name === allowed || name.endsWith(`.${allowed}`))
  const bytes = addressBytes(name)
  return permitted
    .filter((allowed) => isIP(allowed.split('/')[0] ?? '') !== 0)
    .map(rangeBytes)
    .some(
      ({ address, mask }) =>
        address.length === bytes.length && bytes.every((byte, at) => (byte & (mask[at] ?? 0)) === address[at]),
    )
}
