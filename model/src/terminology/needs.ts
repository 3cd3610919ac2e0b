import { type Library, splitCanonical, type ValueSet } from './content.ts'

/** What a definition names: it can be worked out once these, and what they name, are found. */
export interface Needs {
  /** Canonicals. */
  readonly valueSets: readonly string[]
  readonly codeSystems: readonly string[]
}

/** What a value set needs that a library does not have. */
export function missingFor({ include, exclude }: ValueSet, library: Library): Needs {
  const parts = [...include, ...exclude]
  const valueSets = new Set(parts.flatMap((part) => part.valueSets))
  // Listed codes count whether their system is known or not; it is looked for when it could add displays.
  const wanting = parts.filter(({ codes }) => codes?.every(({ display }) => display !== undefined) !== true)
  const codeSystems = new Set(
    wanting.flatMap(({ system, version }) => (system === undefined ? [] : [canonicalOf(system, version)])),
  )
  return {
    valueSets: [...valueSets].filter((one) => !has(one, library.valueSet)),
    codeSystems: [...codeSystems].filter((one) => !has(one, library.codeSystem)),
  }
}

function has(canonical: string, find: (url: string, version?: string) => unknown): boolean {
  const { url, version } = splitCanonical(canonical)
  return find(url, version) !== undefined
}

function canonicalOf(url: string, version: string | undefined): string {
  return version === undefined ? url : `${url}|${version}`
}
