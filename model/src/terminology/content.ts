// What code systems and value sets are to this folder, wherever they came from: shipped tables or stored resources.

export interface Designation {
  readonly language: string | undefined
  readonly value: string
}

export interface Property {
  readonly code: string
  /** The element of R4's choice that holds it: `valueCode`, `valueString`, `valueBoolean` … */
  readonly element: string
  readonly value: unknown
}

export interface Concept {
  readonly code: string
  readonly display: string | undefined
  readonly definition: string | undefined
  /** Groups others and is not to be chosen itself (property `notSelectable`). */
  readonly abstract: boolean
  readonly inactive: boolean
  readonly parents: readonly string[]
  readonly children: readonly string[]
  readonly properties: readonly Property[]
  readonly designations: readonly Designation[]
}

/** How much of the code system is here (R4 codesystem-content-mode). Only of a complete one can be said what it lacks. */
export type Content = 'complete' | 'fragment' | 'example'

export interface CodeSystem {
  readonly url: string
  readonly version: string | undefined
  readonly name: string
  readonly content: Content
  readonly caseSensitive: boolean
  /** Whether what is nested is also meant: not where the hierarchy is of parts or of mere groups. */
  readonly subsumes: boolean
  /** In the order of their definition. */
  readonly concepts: ReadonlyMap<string, Concept>
  /** Properties that its concepts may have and that filters may therefore name. */
  readonly propertyCodes: ReadonlySet<string>
}

export interface Filter {
  readonly property: string
  readonly op: string
  readonly value: string
}

export interface ListedCode {
  readonly code: string
  readonly display: string | undefined
  readonly designations: readonly Designation[]
}

/** One include or exclude: the codes of `system` that are listed, or pass all filters, or all; that are also in each value set. */
export interface Part {
  readonly system: string | undefined
  readonly version: string | undefined
  readonly codes: readonly ListedCode[] | undefined
  readonly filters: readonly Filter[]
  /** Canonicals. */
  readonly valueSets: readonly string[]
}

/** One code of an expansion. */
export interface Member {
  readonly system: string
  readonly version: string | undefined
  readonly code: string
  readonly display: string | undefined
  readonly designations: readonly Designation[]
  readonly inactive: boolean
  /** Came in with a whole system or hierarchy although it only groups others: shown, never chosen. */
  readonly abstract: boolean
}

export interface ValueSet {
  readonly url: string
  readonly version: string | undefined
  readonly name: string
  readonly status: string
  readonly include: readonly Part[]
  readonly exclude: readonly Part[]
  /** False: retired codes are left out. */
  readonly inactive: boolean
  /** An expansion that was stored with it. */
  readonly stored: { readonly members: readonly Member[]; readonly complete: boolean } | undefined
}

/** Where definitions are found. Without a version: the one that counts here. */
export interface Library {
  codeSystem(url: string, version?: string): CodeSystem | undefined
  valueSet(url: string, version?: string): ValueSet | undefined
}

/** `url|version` → both. */
export function splitCanonical(canonical: string): { readonly url: string; readonly version: string | undefined } {
  const bar = canonical.indexOf('|')
  return bar < 0
    ? { url: canonical, version: undefined }
    : { url: canonical.slice(0, bar), version: canonical.slice(bar + 1) }
}

/** What the first library does not have, the next may. */
export function joinLibraries(first: Library, next: Library): Library {
  return {
    codeSystem: (url, version) => first.codeSystem(url, version) ?? next.codeSystem(url, version),
    valueSet: (url, version) => first.valueSet(url, version) ?? next.valueSet(url, version),
  }
}
