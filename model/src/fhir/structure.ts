// The shape of each R4 type, read from the generated lines when first asked for.
import constraintRows from './generated/constraints.json' with { type: 'json' }
import structureLines from './generated/structure.json' with { type: 'json' }
import valueSetLines from './generated/value-sets.json' with { type: 'json' }
import { type Check, primitives } from './primitive.ts'

type Table = Readonly<Record<string, readonly string[]>>
const structureTable: Table = structureLines
const valueSetTable: Table = valueSetLines

export interface Shape {
  readonly name: string
  /** By JSON property; a choice has one for each of its types. */
  readonly rules: ReadonlyMap<string, Rule>
  readonly required: readonly Requirement[]
  /** The bits of all requirements. */
  readonly requiredBits: number
  readonly resource: boolean
}

export interface Requirement {
  /** As FHIRPath says it: `value` for `value[x]`. */
  readonly element: string
  readonly bit: number
}

export interface Rule {
  /** As FHIRPath says it. */
  readonly element: string
  readonly many: boolean
  /** What a value must be: one of these is set. */
  readonly check: Check | undefined
  readonly shape: (() => Shape) | undefined
  /** 'Reference', 'Resource', 'CodeableConcept' …, for what depends on more than the shape. */
  readonly type: string
  /** A primitive's id and extensions: `_birthDate`. */
  readonly companion: boolean
  /** `system|code` of each code of a required value set, and each code alone. */
  readonly codes: ReadonlySet<string> | undefined
  readonly targets: ReadonlySet<string> | undefined
  /** An extension within an extension: its url may be relative (R4 extensibility, 2.4.0.1). */
  readonly nested: boolean
  /** Its path, when R4 puts a constraint on this element that its type does not have. */
  readonly constrained: string | undefined
  readonly requiredBit: number
  /** One bit for each choice of the shape, 0 when this is none. */
  readonly choiceBit: number
}

const shapes = new Map<string, Shape>()

/** The shape of a type or of a backbone element, by its path. Throws for a name that R4 does not have. */
export function shapeOf(name: string): Shape {
  const known = shapes.get(name)
  if (known !== undefined) return known
  const made = readShape(name)
  shapes.set(name, made)
  return made
}

interface Line {
  readonly name: string
  readonly cardinality: string
  readonly types: string
}

function linesOf(name: string): { lines: Line[]; bases: string[] } {
  const known = Object.hasOwn(structureTable, name) ? structureTable[name] : undefined
  if (known === undefined) throw new Error('not an R4 type')
  const [base = '', ...rows] = known
  const own = rows.map((row) => {
    const [element = '', cardinality = '', types = ''] = row.split(' ')
    return { name: element, cardinality, types }
  })
  if (base === '') return { lines: own, bases: [name] }
  const inherited = linesOf(base)
  return { lines: [...inherited.lines, ...own], bases: [name, ...inherited.bases] }
}

/** A type or backbone element and the bases whose elements it has; only the name itself when it is neither. */
export function basesOf(name: string): readonly string[] {
  return Object.hasOwn(structureTable, name) ? linesOf(name).bases : [name]
}

function readShape(name: string): Shape {
  const { lines, bases } = linesOf(name)
  const rules = new Map<string, Rule>()
  const required: Requirement[] = []
  let choices = 0
  for (const { name: written, cardinality, types } of lines) {
    const choice = written.endsWith('[x]')
    const element = choice ? written.slice(0, -3) : written
    const mandatory = cardinality === '1' || cardinality === '+'
    const requiredBit = mandatory ? 1 << required.length : 0
    if (mandatory) required.push({ element, bit: requiredBit })
    const choiceBit = choice ? 1 << choices++ : 0
    const many = cardinality === '*' || cardinality === '+'
    for (const type of types.split(',')) {
      const nested = name === 'Extension' && element === 'extension'
      const place = { element, many, requiredBit, choiceBit, nested, constrained: constrainedAs(name, element) }
      const rule = readRule(type, place)
      const property = choice ? element + rule.type.charAt(0).toUpperCase() + rule.type.slice(1) : element
      rules.set(property, rule)
      if (rule.check !== undefined && !isAttribute(name, element, rule.type))
        rules.set(`_${property}`, companionOf(rule))
    }
  }
  const requiredBits = required.reduce((bits, one) => bits | one.bit, 0)
  return { name, rules, required, requiredBits, resource: bases.includes('Resource') }
}

/** The constraints of a backbone element are those of its shape. */
function constrainedAs(holder: string, element: string): string | undefined {
  const path = `${holder}.${element}`
  return Object.hasOwn(constraintRows, path) && !Object.hasOwn(structureTable, path) ? path : undefined
}

type Place = Pick<Rule, 'element' | 'many' | 'requiredBit' | 'choiceBit' | 'nested' | 'constrained'>

function readRule(text: string, place: Place): Rule {
  const none = { check: undefined, shape: undefined, companion: false, codes: undefined, targets: undefined }
  if (text.startsWith('@')) {
    const path = text.slice(1)
    return { ...none, ...place, type: path, shape: () => shapeOf(path) }
  }
  const [, type = '', targets, set] = /^(\w+)(?:\(([^)]*)\))?(?:#(.+))?$/.exec(text) ?? []
  const codes = set === undefined ? undefined : codesOf(set)
  const check = primitives[type]
  if (check !== undefined) return { ...none, ...place, type, check, codes }
  if (type === 'Resource') return { ...none, ...place, type }
  const pointed = targets === undefined ? undefined : new Set(targets.split('|'))
  return { ...none, ...place, type, codes, targets: pointed, shape: () => shapeOf(type) }
}

/** What is an attribute in XML has neither id nor extensions: `id`, the url of an extension; nor has narrative. */
function isAttribute(holder: string, element: string, type: string): boolean {
  return element === 'id' || type === 'xhtml' || (holder === 'Extension' && element === 'url')
}

function companionOf(rule: Rule): Rule {
  return { ...rule, companion: true, check: undefined, constrained: undefined, shape: () => shapeOf('Element') }
}

const sets = new Map<string, ReadonlySet<string>>()

function codesOf(name: string): ReadonlySet<string> {
  const known = sets.get(name)
  if (known !== undefined) return known
  const codes = new Set<string>()
  for (const part of valueSetTable[name] ?? []) {
    const [system = '', ...list] = part.split(' ')
    for (const code of list) codes.add(code).add(`${system}|${code}`)
  }
  sets.set(name, codes)
  return codes
}
