import type { CodeableConcept, HumanName } from './resource.ts'

/** Best first; a former or playful name only when there is no other. */
const preference = ['official', 'usual', undefined, 'temp', 'anonymous', 'nickname', 'maiden', 'old']

/**
 * A person's name for display, '' when there is none. `family-first` is for lists that are sorted: "Rivera, Ana María".
 * A name written out (`text`) is used only when it has no parts.
 */
export function displayName(
  names: readonly HumanName[] | undefined,
  order: 'given-first' | 'family-first' = 'given-first',
): string {
  const [name] = (names ?? []).toSorted((a, b) => preference.indexOf(a.use) - preference.indexOf(b.use))
  if (name === undefined) return ''
  // Null where a given name is missing, with an extension that says why.
  const given = (name.given ?? []).filter(Boolean).join(' ')
  const family = name.family ?? ''
  if (given === '' && family === '') return name.text ?? ''
  if (order === 'family-first')
    return [family, [given, ...(name.suffix ?? [])].join(' ').trim()].filter(Boolean).join(', ')
  return [...(name.prefix ?? []), given, family, ...(name.suffix ?? [])].filter(Boolean).join(' ')
}

/** What a coded value says to a reader: its text, else a display, else a bare code; '' when it has nothing. */
export function codeText(concept: CodeableConcept | undefined): string {
  if (concept === undefined) return ''
  if (concept.text !== undefined) return concept.text
  const coding = concept.coding ?? []
  return (
    coding.find((one) => one.display !== undefined)?.display ?? coding.find((one) => one.code !== undefined)?.code ?? ''
  )
}
