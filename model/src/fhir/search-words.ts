// Searching by words (`_text`, `_content`, `:text` of a string): R4 leaves the language open and shows
// `(bone OR liver) and metastases`. Here: words side by side are all wanted, `and`, `or`, brackets, "words in a row".
import { isObject, type Resource } from './resource.ts'
import { withoutMarks } from './search-text.ts'

export type WordQuery =
  /** Words that follow one another. */
  | { readonly kind: 'row'; readonly words: readonly string[] }
  | { readonly kind: 'all'; readonly parts: readonly WordQuery[] }
  | { readonly kind: 'any'; readonly parts: readonly WordQuery[] }

const mostTokens = 64
const deepest = 10

/** Undefined when it has no word, is not well-formed, or is longer than anyone would ask. */
export function readWords(text: string): WordQuery | undefined {
  const tokens = text.match(/"[^"]*"|[()]|[^\s()"]+|"/g) ?? []
  if (tokens.length === 0 || tokens.length > mostTokens) return undefined
  const read = readAny(tokens, 0, 0)
  return read === undefined || read.end < tokens.length ? undefined : read.query
}

interface Read {
  readonly query: WordQuery
  readonly end: number
}

const isWord = (token: string | undefined, word: string): boolean => token?.toLowerCase() === word

function readAny(tokens: readonly string[], start: number, depth: number): Read | undefined {
  const parts: WordQuery[] = []
  for (let at = start; ;) {
    const read = readAll(tokens, at, depth)
    if (read === undefined) return undefined
    parts.push(read.query)
    if (!isWord(tokens[read.end], 'or')) return { query: joined('any', parts), end: read.end }
    at = read.end + 1
  }
}

function readAll(tokens: readonly string[], start: number, depth: number): Read | undefined {
  const parts: WordQuery[] = []
  let at = start
  while (at < tokens.length && tokens[at] !== ')' && !isWord(tokens[at], 'or')) {
    if (isWord(tokens[at], 'and') && parts.length > 0) at++
    const read = readOne(tokens, at, depth)
    if (read === undefined) return undefined
    parts.push(read.query)
    at = read.end
  }
  return parts.length === 0 ? undefined : { query: joined('all', parts), end: at }
}

function readOne(tokens: readonly string[], at: number, depth: number): Read | undefined {
  const token = tokens[at]
  if (token === undefined || token === '"' || token === ')') return undefined
  if (token === '(') {
    const inner = depth === deepest ? undefined : readAny(tokens, at + 1, depth + 1)
    return inner === undefined || tokens[inner.end] !== ')' ? undefined : { query: inner.query, end: inner.end + 1 }
  }
  const words = wordsOf(token)
  // Each may be where the row begins, in every text that is searched.
  return words.length === 0 || words.length > mostTokens ? undefined : { query: { kind: 'row', words }, end: at + 1 }
}

function joined(kind: 'all' | 'any', parts: readonly WordQuery[]): WordQuery {
  const [only, ...others] = parts
  return only !== undefined && others.length === 0 ? only : { kind, parts }
}

/** Words in the order in which they stand. */
export function hasWords(words: readonly string[], query: WordQuery): boolean {
  if (query.kind === 'all') return query.parts.every((part) => hasWords(words, part))
  if (query.kind === 'any') return query.parts.some((part) => hasWords(words, part))
  const [first = '', ...rest] = query.words
  for (let at = words.indexOf(first); at !== -1; at = words.indexOf(first, at + 1)) {
    if (rest.every((word, place) => words[at + 1 + place] === word)) return true
  }
  return false
}

/** Letters and digits, without case and accents. */
export function wordsOf(text: string): string[] {
  return (
    withoutMarks(text)
      .toUpperCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
}

/** What a reader of the narrative reads. */
export function narrativeWords(div: string): string[] {
  return wordsOf(div.replaceAll(/<[^<>]*>/g, ' ').replaceAll(/&(#x[0-9A-Fa-f]{1,6}|#[0-9]{1,7}|\w{1,10});/g, character))
}

function character(_: string, name: string): string {
  if (name.startsWith('#')) {
    const point = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return point <= 0x10_ff_ff ? String.fromCodePoint(point) : ' '
  }
  // Words are compared without accents, so the letter is enough.
  const accented = /^([A-Za-z])(?:uml|acute|grave|circ|tilde|ring|cedil|slash|caron)$/.exec(name)?.[1]
  if (accented !== undefined) return accented
  return /^(?:szlig|[ao]elig)$/i.test(name) ? name.replace('zlig', 's').slice(0, 2) : ' '
}

/** Every word of every text in a resource, contained ones included; the narrative as it is read, attachments not. */
export function contentWords(resource: Resource): string[] {
  const words: string[] = []
  collect(resource, '', words)
  return words
}

function collect(value: unknown, name: string, words: string[]): void {
  if (typeof value === 'string') {
    if (name === 'data') return
    for (const word of name === 'div' ? narrativeWords(value) : wordsOf(value)) words.push(word)
  } else if (Array.isArray(value)) {
    for (const one of value) collect(one, name, words)
  } else if (isObject(value)) {
    for (const child in value) collect(value[child], child, words)
  }
}
