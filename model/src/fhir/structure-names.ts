import structureTable from './generated/structure.json' with { type: 'json' }

let names: ReadonlyMap<string, string> | undefined

/** Every element name of R4, by its letters in lower case. Made when something is first refused. */
export function structureNames(): ReadonlyMap<string, string> {
  if (names !== undefined) return names
  const found = new Map<string, string>()
  for (const lines of Object.values(structureTable)) {
    for (const line of lines.slice(1)) {
      const name = line.slice(0, line.indexOf(' ')).replace('[x]', '')
      found.set(name.toLowerCase(), name)
    }
  }
  names = found
  return found
}
