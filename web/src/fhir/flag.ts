import { list, text } from './read.ts'

/** How a value stands to its reference range: critical, outside, or abnormal in a way that has no direction. */
export type Flag = 'LL' | 'L' | 'H' | 'HH' | 'A' | 'AA'

const known: Record<string, Flag> = {
  LL: 'LL',
  LU: 'LL',
  L: 'L',
  '<': 'L',
  H: 'H',
  '>': 'H',
  HH: 'HH',
  HU: 'HH',
  A: 'A',
  ABN: 'A',
  AA: 'AA',
}

/** From v3-ObservationInterpretation. `N` is undefined: normal is quiet. */
export function flagOfCodes(interpretations: readonly unknown[]): Flag | 'N' | undefined {
  for (const concept of interpretations) {
    for (const coding of list(concept, 'coding')) {
      const code = text(coding, 'code') ?? ''
      if (code === 'N') return 'N'
      const flag = Object.hasOwn(known, code) ? known[code] : undefined
      if (flag !== undefined) return flag
    }
  }
  return undefined
}

/** Only where the laboratory said nothing: outside the range that came with the value. */
export function flagOfRange(
  value: number,
  range: { readonly low?: number; readonly high?: number } | undefined,
): Flag | undefined {
  if (range?.low !== undefined && value < range.low) return 'L'
  if (range?.high !== undefined && value > range.high) return 'H'
  return undefined
}

export function isCritical(flag: Flag | undefined): boolean {
  return flag === 'LL' || flag === 'HH' || flag === 'AA'
}

const signs: Record<Flag, readonly [sign: string, words: string]> = {
  LL: ['LL ⇊', 'critically low'],
  L: ['L ↓', 'low'],
  H: ['H ↑', 'high'],
  HH: ['HH ⇈', 'critically high'],
  A: ['A', 'abnormal'],
  AA: ['AA', 'critically abnormal'],
}

/** The second sign beside the colour. */
export function flagSign(flag: Flag): string {
  return signs[flag][0]
}

export function flagWords(flag: Flag): string {
  return signs[flag][1]
}
