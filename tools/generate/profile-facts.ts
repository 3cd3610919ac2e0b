// What a profile asks beyond the type that it constrains, a line per element that it says something of:
//   path [min..max] [<types>] [/discriminators] [#codes] [!invariant…] [={fixed}|~{pattern}]
// The path is the element's id without the type: `component:systolic.value[x].code`; `$this` is the root. Cardinality
// names only what is tighter: `1..`, `..0`, `2..5`. Types are those allowed; `Reference(A|B)` with the types that it may
// point to, `Extension(url)` with the profile of an extension. What R4 says already is not repeated.
import type { Definitions, Element, Loose } from './definitions.ts'

export interface Surroundings {
  readonly definitions: Definitions
  /** Keys of the invariants that R4 itself puts on its types. */
  readonly baseKeys: ReadonlySet<string>
  /** The type that a profile is of, by canonical; undefined when the profile is not here. */
  typeOf(canonical: string): string | undefined
  /** Name of the list of the codes; undefined when they cannot be listed. */
  nameCodes(canonical: string): string | undefined
  /** Name of an invariant that is written down once; undefined when it cannot be judged. */
  nameInvariant(constraint: Loose): string | undefined
}

const untyped = (canonical: string): string => canonical.split('|')[0] ?? canonical
const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet'

export function factsOf(structure: Loose, around: Surroundings): [string, string][] {
  const holders = new Map<string, string>([[structure.type, structure.type]])
  const facts = new Map<string, string[]>()
  const sliced = slicedIn(structure)
  for (const one of structure.snapshot.element) {
    const id = withoutNames(String(one.id), sliced)
    if (id === structure.type) {
      facts.set('$this', invariants(one, around))
      continue
    }
    const cut = id.lastIndexOf('.')
    const holder = holders.get(id.slice(0, cut)) ?? ''
    const base = baseOf(around.definitions, holder, nameOf(one))
    // The value of a primitive, as its own definition writes it.
    if (base === undefined && id.endsWith('.value') && around.definitions.primitives.includes(holder)) continue
    if (base === undefined) throw new Error(`${structure.url}: nothing in R4 under ${id}`)
    const [only] = one.type ?? []
    holders.set(id, holderOf(base, only?.code))
    const said = [
      ...cardinality(one, base),
      ...types(one, base, around),
      ...slicing(one),
      ...codes(one, base, around),
      ...invariants(one, around),
      ...value(one),
    ]
    const path = id.slice(structure.type.length + 1)
    facts.set(path, [...new Set([...(facts.get(path) ?? []), ...said])])
  }
  const paths = [...facts.keys()]
  return [...facts]
    .map(([path, said]): [string, string[]] => {
      const known = saidOutside(facts, path)
      return [path, said.filter((one) => !idle(one, path, paths) && !known.includes(one))]
    })
    .filter(([, said]) => said.length > 0)
    .map(([path, said]) => [path, said.join(' ')])
}

function slicedIn(structure: Loose): Set<string> {
  const elements: Loose[] = structure.snapshot.element
  return new Set(elements.filter((one) => one.slicing !== undefined).map((one) => one.id))
}

/** A slice's name where nothing is sliced is but a name for what is said of the element. */
function withoutNames(id: string, sliced: ReadonlySet<string>): string {
  let path = ''
  for (const segment of id.split('.')) {
    const [element = ''] = segment.split(':')
    const outside = path === '' ? element : `${path}.${element}`
    path = element.endsWith('[x]') || sliced.has(outside) ? `${path === '' ? '' : `${path}.`}${segment}` : outside
  }
  return path
}

/** A slicing without slices, as every list of extensions has, unless it is closed. */
function idle(said: string, path: string, paths: readonly string[]): boolean {
  return said.startsWith('/') && !said.endsWith('/closed') && !paths.some((one) => one.startsWith(`${path}:`))
}

/** What counts for a slice and below it already, being said of the same element whatever its slice. */
function saidOutside(facts: ReadonlyMap<string, readonly string[]>, path: string): readonly string[] {
  const cut = Math.max(path.lastIndexOf('.'), 0)
  const own = path.indexOf(':', cut)
  // A slice is told by its type, and counted by itself: only its invariants are said already.
  if (own !== -1) return (facts.get(path.slice(0, own)) ?? []).filter((one) => one.startsWith('!'))
  const outside = path.slice(0, cut).replaceAll(/:[^.]+/g, '') + path.slice(cut)
  return outside === path ? [] : (facts.get(outside) ?? [])
}

function nameOf(one: Loose): string {
  const last = String(one.id).slice(String(one.id).lastIndexOf('.') + 1)
  return last.split(':')[0] ?? last
}

function baseOf(definitions: Definitions, holder: string, name: string): Element | undefined {
  const type = definitions.primitives.includes(holder) ? 'Element' : holder
  return definitions.elements.get(type)?.find((one) => one.name === name)
}

function holderOf(base: Element, code: string | undefined): string {
  if (base.sameAs !== undefined) return base.sameAs
  const type = code ?? base.types[0]?.code ?? ''
  return type === 'BackboneElement' || type === 'Element' ? base.path : type
}

function cardinality(one: Loose, base: Element): string[] {
  const slice = one.sliceName !== undefined
  const min = one.min > (slice ? 0 : base.min) ? String(one.min) : ''
  const max = one.max !== base.max ? String(one.max) : ''
  return min === '' && max === '' ? [] : [`${min}..${max}`]
}

function types(one: Loose, base: Element, around: Surroundings): string[] {
  if (base.sameAs !== undefined || one.type === undefined) return []
  if (base.types.some(({ code }) => code === 'BackboneElement' || code === 'Element')) return []
  const known = base.types.map(({ code, targets }) => typeText(code, code === 'Reference' ? targets : []))
  const said = one.type.map((type: Loose) => {
    const code = type.code.startsWith('http://hl7.org/fhirpath/') ? (base.types[0]?.code ?? '') : type.code
    if (code === 'Extension' && type.profile !== undefined) return `Extension(${type.profile.map(untyped).join('|')})`
    const targets = code === 'Reference' ? targetsOf(type.targetProfile ?? [], around) : []
    return typeText(code, targets)
  })
  const same = said.length === known.length && said.every((text: string) => known.includes(text))
  return same ? [] : [`<${said.join(',')}>`]
}

const typeText = (code: string, targets: readonly string[]): string =>
  targets.length === 0 ? code : `${code}(${[...new Set(targets)].toSorted().join('|')})`

/** [] is any type, which is also what is made of a profile that is not known here. */
function targetsOf(canonicals: readonly string[], around: Surroundings): string[] {
  const names = canonicals.map((one) => around.typeOf(untyped(one)))
  return names.some((one) => one === undefined || one === 'Resource') ? [] : names.filter((one) => one !== undefined)
}

function slicing({ slicing: given }: Loose): string[] {
  if (given === undefined) return []
  const by = (given.discriminator ?? []).map((one: Loose) => `${one.type}:${one.path.replaceAll(' ', '')}`)
  return [`/${by.join(',')}${given.rules === 'closed' ? '/closed' : ''}`]
}

function codes(one: Loose, base: Element, around: Surroundings): string[] {
  const { binding } = one
  if (binding === undefined) return []
  const largest = binding.extension?.find((each: Loose) => each.url === maxValueSet)?.valueCanonical
  const canonical = binding.strength === 'required' ? binding.valueSet : largest
  if (canonical === undefined || untyped(canonical) === base.required) return []
  const name = around.nameCodes(untyped(canonical))
  return name === undefined ? [] : [`#${name}`]
}

function invariants(one: Loose, around: Surroundings): string[] {
  return (one.constraint ?? [])
    .filter((each: Loose) => !around.baseKeys.has(each.key))
    .map((each: Loose) => around.nameInvariant(each))
    .filter((name: string | undefined) => name !== undefined)
    .map((name: string) => `!${name}`)
}

function value(one: Loose): string[] {
  for (const [name, given] of Object.entries(one)) {
    if (name.startsWith('fixed')) return [`=${JSON.stringify(given)}`]
    if (name.startsWith('pattern')) return [`~${JSON.stringify(given)}`]
  }
  return []
}
