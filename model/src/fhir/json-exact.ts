// R4 wants a decimal kept with the digits it was written with (datatypes, 2.24.0.1: 0.010 is not 0.01), and JavaScript
// has only doubles. So the few numbers whose text a double would not give back are remembered beside the objects that
// hold them, and written out again as they came.

/** A number of a text: the how-manyth it is, and its digits. */
export interface WrittenNumber {
  readonly place: number
  readonly text: string
}

type Holder = Record<string, unknown> | unknown[]

const written = new WeakMap<object, Map<string, string>>()
/** Objects with such a number in them or below them. */
const holding = new WeakSet<object>()

// Newer than the language's library; without it (an old browser) numbers are written as doubles are.
declare const JSON: typeof globalThis.JSON & { rawJSON?: (text: string) => unknown }

/** Remembers `numbers`, in the order of the text that `value` was parsed from. */
export function rememberWritten(value: unknown, numbers: readonly WrittenNumber[]): void {
  const queue = numbers.toReversed()
  let place = 0
  const visit = (holder: Holder): boolean => {
    let holds = false
    for (const [key, member] of Object.entries(holder)) {
      if (typeof member === 'number') {
        const next = queue.at(-1)
        if (next?.place === place++) {
          queue.pop()
          holds = remember(holder, key, member, next.text) || holds
        }
        // oxlint-disable-next-line no-unsafe-type-assertion -- fresh from JSON.parse: an object or an array
      } else if (typeof member === 'object' && member !== null) holds = visit(member as Holder) || holds
    }
    if (holds) holding.add(holder)
    return holds
  }
  // oxlint-disable-next-line no-unsafe-type-assertion -- fresh from JSON.parse: an object or an array
  if (typeof value === 'object' && value !== null) visit(value as Holder)
}

function remember(holder: Holder, key: string, value: number, text: string): boolean {
  // Never another number than was parsed, whatever the order of the keys.
  if (Number(text) !== value) return false
  const known = written.get(holder)
  if (known === undefined) written.set(holder, new Map([[key, text]]))
  else known.set(key, text)
  return true
}

/** How a number was written, where a double writes it differently: `2.0`, `1e3`; undefined for any other. */
export function writtenNumber(holder: object, key: string): string | undefined {
  return written.get(holder)?.get(key)
}

/** Has what is put elsewhere keep its digits there: `from[key]` becomes `to[at]`, somewhere within `whole`. */
export function carryDigits(from: object, key: string, to: object, at: string, whole: object): void {
  const value: unknown = Reflect.get(from, key)
  if (typeof value === 'number') {
    const text = written.get(from)?.get(key)
    if (text === undefined) return
    const known = written.get(to)
    if (known === undefined) written.set(to, new Map([[at, text]]))
    else known.set(at, text)
    holding.add(to).add(whole)
  } else if (typeof value === 'object' && value !== null && holding.has(value)) holding.add(to).add(whole)
}

/**
 * JSON.stringify, with numbers as they were written where parseJson read them and they have not changed since. A copy
 * of an object does not know the numbers of its original, those below them do; `original` lends its own to `value`.
 */
export function formatJson(value: object, original: object = value): string {
  const below = Object.values(value).some((one) => typeof one === 'object' && one !== null && holding.has(one))
  if (JSON.rawJSON === undefined || (!below && !holding.has(value) && !holding.has(original)))
    return JSON.stringify(value)
  return JSON.stringify(value, function (this: object, key: string, member: unknown) {
    if (typeof member !== 'number') return member
    const text = written.get(this === value ? original : this)?.get(key)
    return text !== undefined && Number(text) === member ? JSON.rawJSON?.(text) : member
  })
}
