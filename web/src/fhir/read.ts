// Reading FHIR JSON that was validated by the server but is still `unknown` here: nothing is assumed, nothing throws.

/** What stands at a path; undefined as soon as something on the way is missing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = Reflect.get(here, step)
  }
  return here
}

export function text(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path)
  const trimmed = typeof found === 'string' ? found.trim() : ''
  return trimmed === '' ? undefined : trimmed
}

export function number(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

export function list(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** A CodeableConcept in words: its text, else the first display, else a code. */
export function codeText(concept: unknown): string | undefined {
  const own = text(concept, 'text')
  if (own !== undefined) return withoutTag(own)
  const codings = list(concept, 'coding')
  const shown =
    codings.map((coding) => text(coding, 'display')).find((display) => display !== undefined) ??
    codings.map((coding) => text(coding, 'code')).find((code) => code !== undefined)
  return shown === undefined ? undefined : withoutTag(shown)
}

const semanticTag =
  / \((?:disorder|finding|procedure|regime\/therapy|situation|qualifier value|event|observable entity|substance|product|morphologic abnormality|body structure|occupation)\)$/

/** SNOMED CT's full names end in what kind of concept it is, which a reader of a chart knows. */
export function withoutTag(display: string): string {
  return display.replace(semanticTag, '')
}

/** The code of a concept, in one system when given. */
export function codeOf(concept: unknown, system?: string): string | undefined {
  return list(concept, 'coding')
    .filter((coding) => system === undefined || text(coding, 'system') === system)
    .map((coding) => text(coding, 'code'))
    .find((code) => code !== undefined)
}

/** What identifies the thing measured or prescribed, so that the same thing stands in one row. */
export function codeKey(concept: unknown): string {
  const [coding] = list(concept, 'coding')
  const code = text(coding, 'code')
  return code === undefined ? (codeText(concept) ?? '') : `${text(coding, 'system') ?? ''}|${code}`
}

/** Who or what a reference names. The display is all we show; an address would say nothing to a reader. */
export function displayOf(reference: unknown): string | undefined {
  return text(reference, 'display')
}

/** `Binary/123` → `123`; also with a version or an absolute address. */
export function referencedId(reference: unknown, type: string): string | undefined {
  const written = typeof reference === 'string' ? reference : text(reference, 'reference')
  const parts = written?.split('/') ?? []
  const place = parts.lastIndexOf(type)
  return place === -1 ? undefined : parts[place + 1]
}

/** Notes of a record (Annotation), joined. */
export function notesOf(record: unknown): string | undefined {
  const notes = list(record, 'note').flatMap((note) => text(note, 'text') ?? [])
  return notes.length === 0 ? undefined : notes.join('\n')
}

/** Milliseconds of a FHIR date or dateTime for ordering; 0 where nobody said when. */
export function instantOf(when: string | undefined): number {
  const parsed = when === undefined ? Number.NaN : Date.parse(when)
  return Number.isNaN(parsed) ? 0 : parsed
}

/** Leaves out what is undefined, so that "absent" has one form. */
export function present<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // oxlint-disable-next-line no-unsafe-type-assertion -- fromEntries forgets the keys it was given
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
