import type { ValueSet } from './content.ts'

/** What a definition names: it can be worked out once these, and what they name, are found. */
export interface Needs {
  /** Canonicals. */
  readonly valueSets: readonly string[]
  readonly codeSystems: readonly string[]
}

/** What a value set names. */
export function needsOf({ include, exclude }: ValueSet): Needs {
  const parts = [...include, ...exclude]
  // Listed codes count whether their system is known or not; it is looked for when it could add displays.
  const wanting = parts.filter(({ codes }) => codes?.every(({ display }) => display !== undefined) !== true)
  return {
    valueSets: parts.flatMap(({ valueSets }) => valueSets),
    codeSystems: wanting.flatMap(({ system, version }) =>
      system === undefined ? [] : [version === undefined ? system : `${system}|${version}`],
    ),
  }
}
