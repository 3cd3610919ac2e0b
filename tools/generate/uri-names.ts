// generated/uri-names.ts: the JSON properties that hold a uri, url, oid or uuid somewhere in R4.
import type { Definitions } from './definitions.ts'
import { words } from './source.ts'

const kinds = new Set(['uri', 'url', 'oid', 'uuid'])

export function generateUriNames(definitions: Definitions): string {
  const names = new Set<string>()
  for (const siblings of definitions.elements.values()) {
    for (const { name, types } of siblings) {
      for (const { code } of types) {
        if (!kinds.has(code)) continue
        names.add(name.endsWith('[x]') ? name.slice(0, -3) + code.charAt(0).toUpperCase() + code.slice(1) : name)
      }
    }
  }
  return `${words('names', [...names].toSorted()).replace('export ', '')}\nexport const uriNames: ReadonlySet<string> = new Set(names)\n`
}
