import type { Composition } from './system.ts'
import type { Terminal } from './terminal.ts'

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  /** What stands for the value in the help: DIR. */
  readonly value?: string
  readonly about: string
}

/** One command: a file each. */
export interface Command {
  /** `keys rotate`. */
  readonly name: string
  readonly summary: string
  /** What stands after the options: `FILE…`. */
  readonly operands?: string
  readonly options: Readonly<Record<string, Option>>
  /** More to know, below the options. */
  readonly notes?: string
  /** The exit code: 0 only when everything asked for was done. Throws what `plainWords` explains. */
  run(given: Given, means: Means): Promise<number>
}

/** What was typed, checked against the command's options. */
export interface Given {
  readonly operands: readonly string[]
  text(name: string): string | undefined
  texts(name: string): readonly string[]
  flag(name: string): boolean
}

export interface Means {
  readonly composition: Composition
  readonly terminal: Terminal
}

/** What was typed cannot be meant. Shown with a pointer to the command's help. */
export class UsageFault extends Error {}

export function requireText(given: Given, name: string): string {
  const value = given.text(name)
  if (value === undefined || value === '') throw new UsageFault(`--${name} is missing.`)
  return value
}
