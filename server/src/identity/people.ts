import { createHmac } from 'node:crypto'
import { type Keyring, open, seal } from '#keys'

/** What the database must not tell about who someone is. */
export interface PersonFacts {
  /** The user name as it was given. */
  readonly user: string
  readonly name: string
  /** Reference of the person's Practitioner record: `Practitioner/<id>`. */
  readonly practitioner?: string
}

/** One spelling for each user name: compatibility forms, case and outer blanks do not tell two people apart. */
function foldUserName(user: string): string {
  return user.normalize('NFKC').trim().toLowerCase().normalize('NFKC')
}

/** 1 to 64 characters on one line, without blanks: what can be typed at any keyboard and read in a list. */
export function isUserName(user: string): boolean {
  const folded = foldUserName(user)
  return folded.isWellFormed() && /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+'-]{0,63}$/u.test(folded)
}

/** 1 to 200 characters on one line, with something to read in it. */
export function isPersonName(name: string): boolean {
  return name.isWellFormed() && /^[^\p{Cc}]{1,200}$/u.test(name) && /[\p{L}\p{N}]/u.test(name)
}

/** What an account is found by. */
export function userKey(keys: Keyring, tenant: number, user: string): Buffer {
  return keyed(keys, 'user', `${tenant}|${foldUserName(user)}`)
}

/** HMAC-SHA256 under a key of its own for each purpose. */
export function keyed(keys: Keyring, purpose: string, text: string): Buffer {
  return createHmac('sha256', keys.hmacKey(`identity/${purpose}`))
    .update(text)
    .digest()
}

/** Where sealed bytes belong: they open in no other row, column or tenant. */
export interface Place {
  readonly tenant: number
  readonly column: 'account.person' | 'second_factor.secret' | 'client.name' | 'client.blind'
  readonly owner: string
}

export function sealAt(keys: Keyring, place: Place, plain: Uint8Array): Buffer {
  return seal(keys.hmacKey('identity/seal'), plain, placeBytes(place))
}

export function openAt(keys: Keyring, place: Place, sealed: Uint8Array): Buffer {
  return open(keys.hmacKey('identity/seal'), sealed, placeBytes(place))
}

function placeBytes({ tenant, column, owner }: Place): Buffer {
  return Buffer.from(`chartkeep/identity/1|${tenant}|${column}|${owner}`)
}

/** Padded to a multiple of 96 bytes: the length of a name is worth hiding too. */
export function sealPerson(keys: Keyring, tenant: number, account: string, person: PersonFacts): Buffer {
  return sealAt(keys, { tenant, column: 'account.person', owner: account }, padded(JSON.stringify(person)))
}

export function openPerson(keys: Keyring, tenant: number, account: string, sealed: Uint8Array): PersonFacts {
  const text = openAt(keys, { tenant, column: 'account.person', owner: account }, sealed).toString()
  // oxlint-disable-next-line no-unsafe-type-assertion -- sealed by sealPerson, and authenticated as such
  return JSON.parse(text) as PersonFacts
}

export function padded(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([bytes, Buffer.alloc((96 - (bytes.length % 96)) % 96, ' ')])
}
