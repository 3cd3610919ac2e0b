// A list of wanted tokens, made ready: a record may hold a hundred thousand codes, and a search ask for a thousand.
import { foldContact } from './search-text.ts'
import type { TokenValue } from './search-value.ts'
import type { SearchQuery, WantedValue } from './search-wanted.ts'

type WantedToken = WantedValue & { kind: 'token' }

/** Wanted systems by what a code is compared as; undefined stands for any. */
type Systems = ReadonlyMap<string, ReadonlySet<string | undefined>>

interface WantedTokens {
  /** Systems of which any code is wanted. */
  readonly anyCode: ReadonlySet<string | undefined>
  readonly exact: Systems
  readonly lower: Systems
  readonly contact: Systems
}

const made = new WeakMap<SearchQuery, WantedTokens | undefined>()

/** Whether one of the query's tokens is found; undefined when it asks for something else than tokens too. */
export function tokenIsWanted(found: TokenValue, query: SearchQuery): boolean | undefined {
  if (!made.has(query)) made.set(query, wantedTokens(query.values))
  const wanted = made.get(query)
  if (wanted === undefined) return undefined
  const system = found.system ?? ''
  if (wanted.anyCode.has(system)) return true
  const { code, loose } = found
  if (code === undefined) return false
  if (has(wanted.exact, code, system)) return true
  if (loose === undefined) return false
  return loose === 'contact'
    ? has(wanted.contact, foldContact(code), system)
    : has(wanted.lower, code.toLowerCase(), system)
}

function has(systems: Systems, code: string, system: string): boolean {
  const wanted = systems.get(code)
  return wanted !== undefined && (wanted.has(undefined) || wanted.has(system))
}

function wantedTokens(values: readonly WantedValue[]): WantedTokens | undefined {
  const tokens = values.filter((one): one is WantedToken => one.kind === 'token')
  if (tokens.length < values.length) return undefined
  return {
    anyCode: new Set(tokens.flatMap(({ code, system }) => (code === undefined ? [system] : []))),
    exact: systemsBy(tokens, (code) => code),
    lower: systemsBy(tokens, (code) => code.toLowerCase()),
    contact: systemsBy(tokens, foldContact),
  }
}

function systemsBy(tokens: readonly WantedToken[], form: (code: string) => string): Systems {
  const systems = new Map<string, Set<string | undefined>>()
  for (const { code, system } of tokens) {
    if (code === undefined) continue
    const key = form(code)
    const known = systems.get(key)
    if (known === undefined) systems.set(key, new Set([system]))
    else known.add(system)
  }
  return systems
}
