import { withoutMarks } from '@chartkeep/model/fhir'
import type { Id } from '#base'

/** What a patient is found and shown by. Lives in memory only: the database has no index of names. */
export interface PatientFace {
  readonly id: Id<'patient'>
  /** Of the record it was taken from: what arrives late never replaces what is newer. */
  readonly version: number
  /** `Family, Given Middle` */
  readonly name: string
  readonly preferredName: string | undefined
  /** YYYY-MM-DD, or as much of it as is known. */
  readonly birthDate: string | undefined
  readonly sex: string | undefined
  readonly mrn: string | undefined
  readonly deceased: boolean
  /** Normalised: parts of all names, former ones included. */
  readonly nameParts: readonly string[]
  readonly family: string
  readonly given: string
  /** Digits and letters of all identifiers and phone numbers. */
  readonly numbers: readonly string[]
}

/** Lower case by way of upper case (`ß` is `ss`) without diacritics, split at whatever is neither letter nor digit. */
export function normalise(text: string): string[] {
  return withoutMarks(text)
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
}

const prefixLengths = [1, 2, 3] as const
// Of what was typed: each is compared with every part of every candidate's names.
const mostParts = 64

/** One tenant's patients, found by prefixes of names in any order, birth date and numbers. */
export class PatientIndex {
  readonly #faces = new Map<string, PatientFace>()
  readonly #byPrefix = new Map<string, Set<PatientFace>>()
  readonly #byLikeness = new Map<string, Set<PatientFace>>()
  /** The versions that deleted patients. */
  readonly #removed = new Map<string, number>()

  get size(): number {
    return this.#faces.size
  }

  get(id: string): PatientFace | undefined {
    return this.#faces.get(id)
  }

  put(face: PatientFace): void {
    const newest = this.#faces.get(face.id)?.version ?? this.#removed.get(face.id) ?? 0
    if (face.version < newest) return
    this.#take(face.id)
    this.#removed.delete(face.id)
    this.#faces.set(face.id, face)
    for (const key of prefixKeys(face)) add(this.#byPrefix, key, face)
    for (const key of likenessKeys(face)) add(this.#byLikeness, key, face)
  }

  remove(id: string, version: number): void {
    if (version < (this.#faces.get(id)?.version ?? 0)) return
    this.#take(id)
    this.#removed.set(id, Math.max(version, this.#removed.get(id) ?? 0))
  }

  #take(id: string): void {
    const face = this.#faces.get(id)
    if (face === undefined) return
    this.#faces.delete(id)
    for (const key of prefixKeys(face)) this.#byPrefix.get(key)?.delete(face)
    for (const key of likenessKeys(face)) this.#byLikeness.get(key)?.delete(face)
  }

  /** Everyone whose names, birth date or numbers begin with each part of the text; exact names first, then by name. */
  find(text: string, limit: number): { faces: PatientFace[]; more: boolean } {
    const { dates, words } = splitQuery(text)
    const parts = words.flatMap(normalise)
    if (parts.length > mostParts || (parts.length === 0 && dates.length === 0)) return { faces: [], more: false }
    const found: PatientFace[] = []
    for (const face of this.#candidates(parts)) {
      if (
        parts.every((part) => beginsWith(face, part)) &&
        dates.every((alternatives) => alternatives.some((date) => face.birthDate?.startsWith(date)))
      )
        found.push(face)
    }
    const exact = (face: PatientFace): number =>
      parts.filter((part) => face.nameParts.includes(part) || face.numbers.includes(part)).length
    const ranked = found
      .map((face) => ({ face, rank: exact(face) }))
      .toSorted((a, b) => b.rank - a.rank || (a.face.name < b.face.name ? -1 : 1))
    return { faces: ranked.slice(0, limit).map(({ face }) => face), more: ranked.length > limit }
  }

  /** Everyone with a name part or number that begins so. */
  beginning(part: string): Id<'patient'>[] {
    return [...this.#candidates([part])].filter((face) => beginsWith(face, part)).map(({ id }) => id)
  }

  /** Everyone whose birth date, as far as it is known, touches these days (Unix ms, the end not included). */
  bornWithin(low: number, high: number): Id<'patient'>[] {
    const found: Id<'patient'>[] = []
    for (const { id, birthDate } of this.#faces.values()) {
      const born = birthDate === undefined ? Number.NaN : Date.parse(birthDate)
      // A year or month alone may be any of its days.
      const spread = (birthDate?.length ?? 0) < 10 ? 366 * 86_400_000 : 86_400_000
      if (born + spread > low && born < high) found.push(id)
    }
    return found
  }

  /** Who may be the same person: same birth date and a shared name, or same full name with a birth date alike. */
  likely(face: PatientFace): PatientFace[] {
    const others = new Set<PatientFace>()
    for (const key of likenessKeys(face))
      for (const other of this.#byLikeness.get(key) ?? []) if (other.id !== face.id) others.add(other)
    return [...others]
  }

  /** The smallest set that the prefix of one part leads to; without a part, everyone. */
  #candidates(parts: readonly string[]): Iterable<PatientFace> {
    let smallest: Set<PatientFace> | undefined
    for (const part of parts) {
      const set = this.#byPrefix.get([...part].slice(0, prefixLengths.length).join('')) ?? new Set()
      if (smallest === undefined || set.size < smallest.size) smallest = set
    }
    return smallest ?? this.#faces.values()
  }
}

function add(map: Map<string, Set<PatientFace>>, key: string, face: PatientFace): void {
  const set = map.get(key)
  if (set === undefined) map.set(key, new Set([face]))
  else set.add(face)
}

function prefixKeys(face: PatientFace): Set<string> {
  const keys = new Set<string>()
  for (const part of [...face.nameParts, ...face.numbers]) {
    const letters = [...part]
    for (const length of prefixLengths) keys.add(letters.slice(0, length).join(''))
  }
  return keys
}

function likenessKeys({ family, given, birthDate }: PatientFace): string[] {
  if (birthDate === undefined) return []
  const [year = '', month = '', day = ''] = birthDate.split('-')
  // Day and month exchanged, or the year mistyped: the slips that make second charts.
  const alike = [birthDate, `${year}-${day}-${month}`]
  return [
    ...alike.flatMap((date) => [`f/${family}/${date}`, `g/${given}/${date}`]),
    `n/${family}/${given}/${month}-${day}`,
  ]
}

function beginsWith(face: PatientFace, part: string): boolean {
  return face.nameParts.some((name) => name.startsWith(part)) || face.numbers.some((number) => number.startsWith(part))
}

const yearFirst = /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$/
const yearLast = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/

/** Birth dates among the words: 1961-03-12, 1961-03, 3/12/1961 and 12.3.1961 (both readings where both exist). */
function splitQuery(text: string): { dates: string[][]; words: string[] } {
  const dates: string[][] = []
  const words: string[] = []
  for (const word of text.trim().split(/[\s,]+/)) {
    const first = yearFirst.exec(word)
    const last = yearLast.exec(word)
    if (first !== null)
      dates.push([
        [
          first[1],
          ...first
            .slice(2)
            .filter((part) => part !== undefined)
            .map((part) => part.padStart(2, '0')),
        ].join('-'),
      ])
    else if (last !== null) {
      const [, a = '', b = '', year = ''] = last
      const [x, y] = [a.padStart(2, '0'), b.padStart(2, '0')]
      dates.push([`${year}-${x}-${y}`, `${year}-${y}-${x}`])
    } else words.push(word)
  }
  return { dates, words }
}
