// The XML of HL7's test cases, as trees and as FHIR JSON. For tests: it trusts what it reads.
import { type Rule, type Shape, shapeOf } from '../../model/src/fhir/structure.ts'
import type { Json } from './places.ts'

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  text: string
  /** As written, from the first < to the last >. */
  source: string
}

const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|[^<]+/g
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

const decode = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex?: string, decimal?: string, name = '') => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return decimal === undefined ? (named[name] ?? whole) : String.fromCodePoint(Number(decimal))
  })

export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '', source }
  const open: { element: XmlElement; start: number }[] = [{ element: root, start: 0 }]
  for (const match of source.matchAll(token)) {
    const [whole, raw, closing, opening, written = '', slash] = match
    const around = open.at(-1)?.element ?? root
    if (closing !== undefined) {
      const ended = open.pop()
      if (ended !== undefined) ended.element.source = source.slice(ended.start, match.index + whole.length)
    } else if (opening !== undefined) {
      const pairs = [...written.matchAll(attribute)].map(([, name = '', one, other]) => [
        name,
        decode(one ?? other ?? ''),
      ])
      const element = { name: opening, attributes: Object.fromEntries(pairs), children: [], text: '', source: whole }
      around.children.push(element)
      if (slash === '') open.push({ element, start: match.index })
    } else if (raw !== undefined) around.text += raw
    else if (!whole.startsWith('<')) around.text += decode(whole)
  }
  return root.children[0] ?? root
}

/** A resource in FHIR's XML as FHIR's JSON. */
export function toJson(element: XmlElement): Json {
  return { resourceType: element.name, ...toObject(element, shapeOf(element.name)) }
}

function toObject(element: XmlElement, shape: Shape): Json {
  const made: Json = {}
  for (const [name, value] of Object.entries(element.attributes))
    if (name === 'id' || name === 'url') made[name] = value
  for (const child of element.children) {
    const rule = shape.rules.get(child.name)
    if (rule === undefined) throw new Error(`${shape.name} has no ${child.name}`)
    const [value, beside] = valuesOf(child, rule)
    const put = (name: string, one: unknown): void => {
      if (!rule.many) made[name] = one
      else made[name] = [...((made[name] as unknown[] | undefined) ?? []), one]
    }
    if (rule.check === undefined) put(child.name, value)
    else {
      if (value !== undefined || rule.many) put(child.name, value ?? null)
      if (beside !== undefined || rule.many) put(`_${child.name}`, beside ?? null)
    }
  }
  // Lists without any value, or without anything beside, are not there.
  for (const [name, list] of Object.entries(made)) {
    if (Array.isArray(list) && list.every((one) => one === null)) delete made[name]
  }
  return made
}

function valuesOf(child: XmlElement, rule: Rule): [unknown, Json | undefined] {
  if (rule.type === 'xhtml') return [child.source, undefined]
  if (rule.check !== undefined) {
    const beside = toObject(
      { ...child, attributes: 'id' in child.attributes ? { id: child.attributes['id'] } : {} },
      shapeOf('Element'),
    )
    return [primitive(child.attributes['value'], rule.type), Object.keys(beside).length > 0 ? beside : undefined]
  }
  const [inner] = child.children
  if (rule.shape === undefined) return [inner === undefined ? {} : toJson(inner), undefined]
  return [toObject(child, rule.shape()), undefined]
}

const numbers = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt'])

function primitive(text: string | undefined, type: string): unknown {
  if (text === undefined) return undefined
  if (type === 'boolean') return text === 'true'
  return numbers.has(type) ? Number(text) : text
}
