// Random queries that a resource may or may not meet: values are taken from what a resource has, then changed a little.
import { type Resource, type SearchParameter } from '../../model/src/fhir/index.ts'
import { compositesOf, definitionOf, elementsOf, type FoundElement } from './brute-extract.ts'

export type Draw = (below: number) => number

// oxlint-disable-next-line typescript/no-explicit-any -- elements of every type, read as each type is
type Loose = any

/** Modifiers to try, by type of parameter; '' is none. */
const modifiers: Readonly<Record<string, readonly string[]>> = {
  token: ['', '', '', 'not', 'text', 'in', 'not-in', 'above', 'below', 'of-type', 'missing'],
  string: ['', '', 'exact', 'contains', 'text', 'missing'],
  reference: ['', '', 'identifier', 'below', 'missing', 'Patient', 'Group', 'Practitioner', 'Organization'],
  uri: ['', '', 'above', 'below', 'missing'],
  composite: [''],
  special: ['', '', 'missing'],
}

const prefixes = ['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']

/** Value sets that an oracle's terminology knows. */
export const sampleSets = ['http://example.org/vs/even', 'http://example.org/vs/odd']

export interface SampleQuery {
  readonly name: string
  readonly value: string
}

/** @param donor a resource of the same type: the values asked for are like its own */
export function sampleQuery(draw: Draw, parameter: SearchParameter, donor: Resource): SampleQuery {
  const definition = definitionOf(donor.resourceType, parameter.code)
  if (definition === undefined) throw new Error(`no search parameter ${parameter.code}`)
  const kinds = modifiers[parameter.type] ?? ['', '', '', 'missing']
  const modifier = kinds[draw(kinds.length)] ?? ''
  const name = modifier === '' ? parameter.code : `${parameter.code}:${modifier}`
  if (modifier === 'missing') return { name, value: String(draw(2) === 0) }
  const one = (): string => {
    if (parameter.code === '_text' || parameter.code === '_content') return textOf(draw, JSON.stringify(donor))
    if (parameter.type === 'composite') {
      const holders = compositesOf(donor, definition)
      const parts = holders[draw(Math.max(1, holders.length))] ?? definition.component.map(() => undefined)
      return parts
        .map((part, index) =>
          valueOf(draw, part?.kind ?? parameter.components[index]?.type ?? '', '', pick(draw, part?.elements)),
        )
        .join('$')
    }
    return valueOf(draw, parameter.type, modifier, pick(draw, elementsOf(donor, definition)))
  }
  return { name, value: draw(5) === 0 ? `${one()},${one()}` : one() }
}

function pick(draw: Draw, elements: readonly FoundElement[] | undefined): FoundElement | undefined {
  return elements?.[draw(Math.max(1, elements.length))]
}

function valueOf(draw: Draw, kind: string, modifier: string, element: FoundElement | undefined): string {
  const value: Loose = element?.value ?? {}
  const type = element?.type ?? ''
  switch (kind) {
    case 'token':
      return tokenOf(draw, modifier, value, type)
    case 'string':
      return textOf(draw, typeof value === 'string' ? value : JSON.stringify(value), modifier === 'exact')
    case 'reference':
      return pointerOf(draw, modifier, value)
    case 'date':
      return prefixOf(draw) + dateOf(draw, value)
    case 'number':
      return prefixOf(draw) + numberOf(draw, value.low?.value ?? value.high?.value ?? value)
    case 'quantity':
      return quantityOf(draw, value)
    case 'uri':
      return uriOf(draw, typeof value === 'string' ? value : 'http://example.org/a')
    default:
      return `${Number(value.latitude) || 42}|${Number(value.longitude) || 7}|${10 ** draw(5)}|km`
  }
}

const escape = (text: string): string => text.replaceAll(/[\\,$|]/g, String.raw`\$&`)
const prefixOf = (draw: Draw): string => prefixes[draw(prefixes.length)] ?? ''
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

function tokenOf(draw: Draw, modifier: string, value: Loose, type: string): string {
  if (modifier === 'in' || modifier === 'not-in') return sampleSets[draw(sampleSets.length)] ?? ''
  const codings: Loose[] = type === 'CodeableConcept' ? (value.coding ?? []) : [value]
  const one = codings[draw(Math.max(1, codings.length))] ?? {}
  if (modifier === 'text') return textOf(draw, [value.text, one.display, value.type?.text].find(isText) ?? 'plain')
  if (modifier === 'of-type') {
    const typed = value.type?.coding?.[0] ?? {}
    return [typed.system ?? 's', typed.code ?? 'c', value.value ?? 'v'].map((part: string) => escape(part)).join('|')
  }
  const code = [one.code, one.value, value].find((part) => isText(part) || typeof part === 'boolean') ?? 'abc'
  const cased = draw(8) === 0 ? String(code).toUpperCase() : String(code)
  const system = one.system ?? 'http://example.org/s'
  if (modifier === 'above' || modifier === 'below') return `${escape(system)}|${escape(cased)}`
  return [escape(cased), `${escape(system)}|${escape(cased)}`, `|${escape(cased)}`, `${escape(system)}|`][draw(4)] ?? ''
}

/** Some of its letters, perhaps in another case. */
function textOf(draw: Draw, text: string, whole = false): string {
  if (whole && draw(3) > 0) return escape(text)
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? ['none']
  const from = draw(words.length)
  const part = words.slice(from, from + 1 + draw(2)).join(' ')
  const cut = draw(3) === 0 ? part.slice(0, 1 + draw(part.length)) : part
  return [cut, cut.toUpperCase(), cut.toLowerCase(), `${cut} or plain`][draw(4)] ?? cut
}

function pointerOf(draw: Draw, modifier: string, value: Loose): string {
  if (modifier === 'identifier') {
    const { system = 'http://example.org/i', value: id = '1' } = value.identifier ?? {}
    return draw(2) === 0 ? escape(id) : `${escape(system)}|${escape(id)}`
  }
  const text: string =
    typeof value === 'string'
      ? value
      : (value.reference ?? (value.id === undefined ? 'Patient/1' : `Basic/${value.id}`))
  const plain = text.startsWith('urn:') || typeof value === 'string' ? text : text.replace(/\/_history.*$/, '')
  if (typeof value === 'string' && draw(2) === 0) return escape(text.split(draw(2) === 0 ? '|' : '.0')[0] ?? '')
  const last = plain.slice(plain.lastIndexOf('/') + 1)
  return escape(draw(3) === 0 && /^[A-Za-z0-9.-]+$/.test(last) ? last : plain)
}

function dateOf(draw: Draw, value: Loose): string {
  const known =
    typeof value === 'string'
      ? value
      : (value.start ?? value.end ?? value.event?.[0] ?? value.repeat?.boundsPeriod?.start)
  const text: string = isText(known) ? known : '2000-01-01'
  const lengths = text.length > 10 ? [4, 7, 10, 19, text.length] : [4, 7, 10]
  const length = Math.min(text.length, lengths[draw(lengths.length)] ?? 10)
  const cut = text.slice(0, length) + (length === 19 && text.length > 19 ? `${['', '.500'][draw(2)]}Z` : '')
  return draw(2) === 0 ? cut : neighbour(draw, cut)
}

/** The year, month or day before or after. */
function neighbour(draw: Draw, text: string): string {
  const by = draw(3) - 1
  const [year = 2000, month, day] = text.slice(0, 10).split('-').map(Number)
  const moved = new Date(
    Date.UTC(
      month === undefined ? year + by : year,
      (month ?? 1) - 1 + (day === undefined && month !== undefined ? by : 0),
      (day ?? 1) + (day === undefined ? 0 : by),
    ),
  )
  return moved.toISOString().slice(0, Math.min(10, text.length)) + text.slice(10)
}

function numberOf(draw: Draw, value: unknown): string {
  const size = typeof value === 'number' ? value : 1
  const moved = size + (draw(3) === 0 ? (draw(21) - 10) / 10 ** draw(3) : 0)
  const text = moved.toFixed(draw(3))
  return draw(6) === 0 ? moved.toExponential(draw(3)).replace('e+', 'e') : text.replace(/^-(0(\.0+)?)$/, '$1')
}

function quantityOf(draw: Draw, value: Loose): string {
  const inner = value.low ?? value.high ?? value
  const number = prefixOf(draw) + numberOf(draw, inner.value)
  const code = inner.code ?? value.currency ?? inner.unit ?? 'mg'
  const system = value.currency === undefined ? (inner.system ?? 'http://unitsofmeasure.org') : 'urn:iso:std:iso:4217'
  const near = ucumOf(draw, system) ?? code
  return (
    [
      number,
      `${number}|${escape(system)}|${escape(near)}`,
      `${number}||${escape(code)}`,
      `${number}|${escape(system)}|`,
    ][draw(4)] ?? number
  )
}

export const sampleUnits = ['mg', 'ug', 'g', 'kg', 'Cel', '[degF]', 'K', 'mmol/L', 'mL', '{score}', 'nonsense']

function ucumOf(draw: Draw, system: string): string | undefined {
  return system === 'http://unitsofmeasure.org' ? sampleUnits[draw(sampleUnits.length)] : undefined
}

function uriOf(draw: Draw, uri: string): string {
  const bare = uri.split('|')[0] ?? ''
  return escape([uri, bare, `${bare}/b`, bare.slice(0, Math.max(8, bare.lastIndexOf('/')))][draw(4)] ?? uri)
}
