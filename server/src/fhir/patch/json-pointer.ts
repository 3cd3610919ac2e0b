import { isObject, type JsonObject } from '@chartkeep/model/fhir'

export type Holder = JsonObject | unknown[]

// As deep as a body may be: what is put in place further down could be copied ever deeper.
const mostTokens = 64
const mostCharacters = 4000

/** The tokens of a JSON Pointer (RFC 6901, 3 and 4); undefined when it is none, or names what means something to JavaScript. */
export function parsePointer(text: unknown): readonly string[] | undefined {
  if (typeof text !== 'string' || text.length > mostCharacters || !/^(?:\/(?:[^/~]|~[01])*)*$/.test(text))
    return undefined
  const tokens = text
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  return tokens.length > mostTokens || tokens.some((token) => unsafe.has(token)) ? undefined : tokens
}

const unsafe = new Set(['__proto__', 'constructor', 'prototype'])

/** The place that a token names in a holder, as a key of it; undefined when there is none. */
export function keyIn(holder: Holder, token: string): string | undefined {
  if (!Array.isArray(holder)) return Object.hasOwn(holder, token) ? token : undefined
  const index = indexOf(token)
  return index !== undefined && index < holder.length ? token : undefined
}

/** RFC 6901, 4: digits without a leading zero. */
export function indexOf(token: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(token) ? Number(token) : undefined
}

/** What holds the last of these tokens. Undefined when a token before it leads nowhere. */
export function holderOf(document: Holder, tokens: readonly string[]): Holder | undefined {
  let at: Holder = document
  for (const token of tokens.slice(0, -1)) {
    const key = keyIn(at, token)
    const next: unknown = key === undefined ? undefined : Reflect.get(at, key)
    if (!isObject(next) && !Array.isArray(next)) return undefined
    at = next
  }
  return at
}
