// The generated lines (tools/generate/profile-facts.ts says how they are written) as a tree of what a profile asks of
// each element. Read when a profile is first asked for: most are never claimed.
import type { Form } from '../fhir/constraint-form.ts'
import r4 from './generated/r4.json' with { type: 'json' }
import usCore from './generated/us-core.json' with { type: 'json' }

interface Source {
  readonly profiles: Readonly<Record<string, readonly string[]>>
  readonly codes: Readonly<Record<string, readonly string[]>>
  readonly invariants: Readonly<Record<string, readonly [Invariant['severity'], string, Form]>>
}

// oxlint-disable-next-line no-unsafe-type-assertion -- written by tools/generate, where a test compares them
const sources = [usCore, r4] as unknown as readonly Source[]

/** What a profile asks of an element, or of one slice of it. */
export interface Node {
  /** As FHIRPath says it: `value` for `value[x]`; '' for the root. */
  readonly element: string
  readonly choice: boolean
  min: number
  max: number
  types: readonly TypeUse[] | undefined
  codes: ReadonlySet<string> | undefined
  readonly invariants: Invariant[]
  /** Parsed JSON: the value must be this. */
  fixed: unknown
  /** Parsed JSON: the value must have at least this. */
  pattern: unknown
  discriminators: readonly Discriminator[]
  closed: boolean
  readonly slices: Map<string, Node>
  readonly children: Map<string, Node>
}

export interface TypeUse {
  readonly type: string
  /** Types that a Reference may point to; profiles of an Extension. Empty when any. */
  readonly of: readonly string[]
}

export interface Discriminator {
  readonly kind: string
  readonly path: string
}

export interface Invariant {
  readonly key: string
  readonly severity: 'error' | 'warning'
  /** What it asks, in our words. */
  readonly text: string
  readonly form: Form
}

export interface Facts {
  readonly url: string
  readonly type: string
  readonly version: string
  readonly root: Node
}

/** The versions held of a profile, oldest first; [] for one that is not held. */
export function versionsOf(url: string): readonly string[] {
  return linesOf(url)?.lines[0]?.split(' ').slice(1) ?? []
}

/** The profiles held of a type, without their versions. */
export function profilesOf(type: string): string[] {
  return sources.flatMap(({ profiles }) =>
    Object.entries(profiles).flatMap(([url, [heading = '']]) => (heading.split(' ', 1)[0] === type ? url : [])),
  )
}

/** @throws Error for a profile or version that is not held */
export function readFacts(url: string, version: string): Facts {
  const found = linesOf(url)
  const [heading = '', ...lines] = found?.lines ?? []
  const [type = '', ...versions] = heading.split(' ')
  const place = versions.indexOf(version)
  if (found === undefined || place === -1) throw new Error('not a profile that is held')
  const root = newNode('')
  for (const line of lines) {
    const [places = '', path = ''] = line.split(' ', 2)
    if (places !== '*' && !places.includes(String(place))) continue
    const said = line.slice(places.length + path.length + 2)
    say(path === '$this' ? root : nodeAt(root, path), said, found.source)
  }
  return { url, type, version, root }
}

function linesOf(url: string): { source: Source; lines: readonly string[] } | undefined {
  for (const source of sources) {
    const lines = Object.hasOwn(source.profiles, url) ? source.profiles[url] : undefined
    if (lines !== undefined) return { source, lines }
  }
  return undefined
}

function newNode(written: string): Node {
  const choice = written.endsWith('[x]')
  return {
    element: choice ? written.slice(0, -3) : written,
    choice,
    min: 0,
    max: Infinity,
    types: undefined,
    codes: undefined,
    invariants: [],
    fixed: undefined,
    pattern: undefined,
    discriminators: [],
    closed: false,
    slices: new Map(),
    children: new Map(),
  }
}

function nodeAt(root: Node, path: string): Node {
  let at = root
  for (const segment of path.split('.')) {
    const [element = '', ...names] = segment.split(':')
    at = below(at.children, element, element)
    if (names.length > 0) at = below(at.slices, names.join(':'), element)
  }
  return at
}

function below(nodes: Map<string, Node>, name: string, element: string): Node {
  const node = nodes.get(name) ?? newNode(element)
  nodes.set(name, node)
  return node
}

function say(node: Node, said: string, source: Source): void {
  // A fixed value or a pattern comes last and may have spaces in it.
  const value = /(?:^| )([=~])(.*)/s.exec(said)
  if (value?.[1] === '=') node.fixed = JSON.parse(value[2] ?? '')
  if (value?.[1] === '~') node.pattern = JSON.parse(value[2] ?? '')
  const words = value === null ? said : said.slice(0, value.index)
  for (const word of words.split(' ')) sayWord(node, word, source)
}

function sayWord(node: Node, word: string, source: Source): void {
  const rest = word.slice(1)
  if (word.startsWith('<')) node.types = readTypes(rest.slice(0, -1))
  else if (word.startsWith('#')) node.codes = codesOf(source.codes[rest] ?? [])
  else if (word.startsWith('!')) node.invariants.push(readInvariant(rest, source))
  else if (word.startsWith('/')) readSlicing(node, rest)
  else {
    const [min = '', max = ''] = word.split('..')
    if (min !== '') node.min = Number(min)
    if (max !== '' && max !== '*') node.max = Number(max)
  }
}

function readTypes(text: string): TypeUse[] {
  return text.split(',').map((one) => {
    const [, type = '', of] = /^(\w+)(?:\((.*)\))?$/.exec(one) ?? []
    return { type, of: of?.split('|') ?? [] }
  })
}

function readInvariant(name: string, { invariants }: Source): Invariant {
  const found = invariants[name]
  if (found === undefined) throw new Error('an invariant is missing')
  const [severity, text, form] = found
  return { key: name.split('~')[0] ?? name, severity, text, form }
}

function readSlicing(node: Node, text: string): void {
  const by = text.endsWith('/closed') ? text.slice(0, -'/closed'.length) : text
  node.closed = by !== text
  node.discriminators = by.split(',').map((one) => {
    const cut = one.indexOf(':')
    return { kind: one.slice(0, cut), path: one.slice(cut + 1) }
  })
}

/** `system|code` of each code, and each code alone. */
function codesOf(list: readonly string[]): ReadonlySet<string> {
  const codes = new Set<string>()
  for (const part of list) {
    const [system = '', ...some] = part.split(' ')
    for (const code of some) codes.add(code).add(`${system}|${code}`)
  }
  return codes
}
