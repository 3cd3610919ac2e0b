// generated/types.ts: R4 as TypeScript types, for code that builds or reads resources; nothing at run time. They are
// aliases of object types, not interfaces, so that each is also a record of unknown elements. A primitive's id and extensions
// are `_name`; in a list of primitives null keeps the place of one that has only those. Codes of required value sets
// that can be listed are unions of literals.
import type { Definitions, Element, TypeUse } from './definitions.ts'
import { baseOf } from './structure.ts'
import { codesOf, type ValueSets } from './value-sets.ts'

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
const nameOf = (path: string): string => path.split('.').map(capital).join('')

const booleans = new Set(['boolean'])
const numbers = new Set(['decimal', 'integer', 'unsignedInt', 'positiveInt'])

export function generateTypes(definitions: Definitions, valueSets: ValueSets): string {
  const unions = new Map<string, string>()
  const types = [...definitions.elements.keys()].toSorted().map((holder) => {
    const elements = definitions.elements.get(holder) ?? []
    const base = baseOf(definitions, holder, elements)
    const inherited = new Set((base === '' ? [] : (definitions.elements.get(base) ?? [])).map((one) => one.name))
    const own = elements.filter((one) => one.max !== '0' && !inherited.has(one.name))
    const lines = own.flatMap((one) => members(one, holder))
    if (definitions.resources.includes(holder)) lines.unshift(`resourceType: '${holder}'`)
    const body = `{\n${lines.map((line) => `  ${line}\n`).join('')}}`
    return `export type ${nameOf(holder)} = ${base === '' ? '' : `${base} & `}${body}\n`
  })
  const resources = definitions.resources.map((name) => `  ${name}: ${name}\n`).join('')
  const sets = [...unions]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, codes]) => `type ${name} =\n  ${codes}\n`)
  return [
    ...types,
    `export type Resources = {\n${resources}}\n`,
    'export type ResourceOf<Type extends keyof Resources> = Resources[Type]\n',
    ...sets,
  ].join('\n')

  function members(element: Element, holder: string): string[] {
    if (!element.name.endsWith('[x]')) return member(element, holder, element.name, element.types[0])
    return element.types.flatMap((type) => {
      return member({ ...element, min: 0 }, holder, element.name.slice(0, -3) + capital(type.code), type)
    })
  }

  function member(element: Element, holder: string, name: string, type: TypeUse | undefined): string[] {
    const optional = element.min === 0 ? '?' : ''
    const many = element.max === '*'
    const code = type?.code ?? ''
    const written = typeText(element, code)
    if (!definitions.primitives.includes(code)) return [`${name}${optional}: ${written}${many ? '[]' : ''}`]
    const value = `${name}${optional}: ${many ? `(${written} | null)[]` : written}`
    const bare = element.name === 'id' || code === 'xhtml' || (holder === 'Extension' && element.name === 'url')
    return bare ? [value] : [value, `_${name}?: ${many ? '(Element | null)[]' : 'Element'}`]
  }

  function typeText(element: Element, code: string): string {
    if (element.sameAs !== undefined) return nameOf(element.sameAs)
    if (code === 'BackboneElement' || code === 'Element') return nameOf(element.path)
    if (code === 'Resource') return 'Resources[keyof Resources]'
    if (booleans.has(code)) return 'boolean'
    if (numbers.has(code)) return 'number'
    if (!definitions.primitives.includes(code)) return code
    return code === 'code' && element.required !== undefined ? (union(element.required) ?? 'string') : 'string'
  }

  /** Undefined when the codes cannot be listed. */
  function union(canonical: string): string | undefined {
    const codes = codesOf(valueSets, canonical)
    if (codes === undefined || codes.length === 0) return undefined
    const name = `${canonical
      .slice(canonical.lastIndexOf('/') + 1)
      .split('-')
      .map(capital)
      .join('')}Code`
    unions.set(name, [...new Set(codes.map((one) => `'${one.code}'`))].join(' | '))
    return name
  }
}
