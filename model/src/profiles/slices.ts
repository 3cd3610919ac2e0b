// To which slice of an element a value belongs, by the discriminators of the profile.
import type { Discriminator, Node } from './facts.ts'
import { hasPattern, isOf, isSame, valuesAt } from './values.ts'

/** @param type what R4 says that the value is */
export type Belongs = (value: unknown, type: string) => boolean

/** Undefined when it cannot be told: a discriminator follows references, or names a value set that is not held. */
export function sliceTest(slice: Node, discriminators: readonly Discriminator[]): Belongs | undefined {
  const tests: Belongs[] = []
  for (const discriminator of discriminators) {
    const test = discriminatorTest(slice, discriminator)
    if (test === undefined) return undefined
    tests.push(test)
  }
  const [first, ...others] = tests
  if (first === undefined) return undefined
  return others.length === 0 ? first : (value, type) => tests.every((test) => test(value, type))
}

function discriminatorTest(slice: Node, { kind, path }: Discriminator): Belongs | undefined {
  if (path.includes('(')) return undefined
  const steps = path === '$this' ? [] : path.split('.')
  switch (kind) {
    case 'value':
    case 'pattern':
      return valueTest(slice, steps)
    case 'type':
      return steps.length === 0 ? typeTest(slice) : undefined
    case 'exists': {
      const node = nodesAt(slice, steps)[0]
      if (node === undefined) return undefined
      const wanted = node.max !== 0
      return (value) => valuesAt(value, steps).length > 0 === wanted
    }
    default:
      return undefined
  }
}

function typeTest(slice: Node): Belongs | undefined {
  const { types } = slice
  if (types === undefined) return undefined
  const names = new Set(types.map((one) => one.type))
  return (_, type) => names.has(type)
}

function valueTest(slice: Node, steps: readonly string[]): Belongs | undefined {
  const [use] = slice.types ?? []
  const [profile] = use?.of ?? []
  if (steps.length === 1 && steps[0] === 'url' && use?.type === 'Extension' && profile !== undefined) {
    return (value) => valuesAt(value, steps)[0] === profile
  }
  const tests = givenAt(slice, steps)
  if (tests.length === 0) return undefined
  return (value) => {
    const found = valuesAt(value, steps)
    return tests.some((test) => found.some(test))
  }
}

/** What the slice says of the values at the path, there or of what holds them. */
function givenAt(slice: Node, steps: readonly string[]): ((value: unknown) => boolean)[] {
  const tests: ((value: unknown) => boolean)[] = []
  for (const node of nodesAt(slice, steps)) {
    const { fixed, pattern, codes } = node
    if (fixed !== undefined) tests.push((value) => isSame(value, fixed))
    else if (pattern !== undefined) tests.push((value) => hasPattern(value, pattern))
    else if (codes !== undefined) tests.push((value) => isOf(codes, value) === true)
    else if (steps.length === 0) tests.push(...fromChildren(node))
  }
  for (let length = 0; length < steps.length; length++) {
    for (const { fixed, pattern } of nodesAt(slice, steps.slice(0, length))) {
      const wanted = valuesAt(fixed ?? pattern, steps.slice(length))
      if (wanted.length > 0) tests.push((value) => wanted.some((one) => hasPattern(value, one)))
    }
  }
  return tests
}

/** A slice of a whole value that is told by what its elements are fixed to. */
function fromChildren(node: Node): ((value: unknown) => boolean)[] {
  const told = [...node.children].flatMap(([name]) => {
    const tests = givenAt(node, [name])
    return tests.length === 0 ? [] : [{ name, tests }]
  })
  if (told.length === 0) return []
  return [(value) => told.every(({ name, tests }) => tests.some((test) => valuesAt(value, [name]).some(test)))]
}

/** The nodes at a path, in slices on the way too. */
function nodesAt(slice: Node, steps: readonly string[]): Node[] {
  let now: Node[] = [slice]
  for (const step of steps) {
    now = now
      .flatMap((node) => node.children.get(step) ?? node.children.get(`${step}[x]`) ?? [])
      .flatMap((node) => [node, ...node.slices.values()])
  }
  return now
}

/** The slice in words: its name in the profile and what tells it, `systolic (8480-6)`. */
export function describeSlice(name: string, slice: Node): string {
  const told = new Set<string>()
  collect(slice, told)
  return told.size === 0 ? `the slice ${name}` : `the slice ${name} (${[...told].slice(0, 4).join(', ')})`
}

function collect(node: Node, told: Set<string>): void {
  const given = node.fixed ?? node.pattern
  for (const value of [...valuesAt(given, ['coding', 'code']), ...valuesAt(given, ['code'])]) told.add(String(value))
  if (node.element === 'code' && typeof given === 'string') told.add(given)
  for (const child of node.children.values()) {
    if (child.element === 'value') continue
    collect(child, told)
    for (const slice of child.slices.values()) collect(slice, told)
  }
}
