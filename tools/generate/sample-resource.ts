// Resources of any type made from the definitions: valid in structure, otherwise arbitrary. For tests.
import { isObject } from '../../model/src/fhir/resource.ts'
import type { Definitions, Element } from './definitions.ts'
import { codesOf, type ValueSets } from './value-sets.ts'

/** A small generator of numbers (mulberry32): the same seed gives the same resources. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Draw = (below: number) => number
type Json = Record<string, unknown>

export interface Sampler {
  readonly definitions: Definitions
  readonly valueSets: ValueSets
  readonly draw: Draw
}

const deepest = 4

/** Nearly every element is there at the top, fewer further down. */
export function sampleResource(sampler: Sampler, type: string): Json {
  const resource = { resourceType: type, ...sampleObject(sampler, type, 0) }
  return resource
}

const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition'

/** The same with the extensions that US Core searches by. */
export function withUsCoreExtensions({ draw }: Sampler, resource: Json): Json {
  const race = {
    system: 'urn:oid:2.16.840.1.113883.6.238',
    code: ['2106-3', '2028-9', '1002-5'][draw(3)],
    display: 'x',
  }
  const category = [
    { url: 'ombCategory', valueCoding: race },
    { url: 'text', valueString: 'x' },
  ]
  const extensions: Record<string, readonly Json[]> = {
    Patient: [
      { url: `${usCore}/us-core-race`, extension: category },
      { url: `${usCore}/us-core-ethnicity`, extension: category },
      { url: `${usCore}/us-core-genderIdentity`, valueCodeableConcept: { coding: [race], text: 'x' } },
    ],
    Condition: [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate',
        valueDateTime: samplePrimitive(draw, 'dateTime'),
      },
    ],
  }
  const added = extensions[String(resource['resourceType'])] ?? []
  const others = Array.isArray(resource['extension']) ? resource['extension'] : []
  return added.length === 0 ? resource : { ...resource, extension: [...others, ...added] }
}

function sampleObject(sampler: Sampler, holder: string, depth: number): Json {
  const made: Json = {}
  for (const element of sampler.definitions.elements.get(holder) ?? []) {
    if (element.max === '0' || !wanted(sampler, holder, element, depth)) continue
    const choice = element.name.endsWith('[x]')
    const type = element.types[sampler.draw(Math.max(1, element.types.length))]?.code ?? ''
    const name = choice ? element.name.slice(0, -3) + type.charAt(0).toUpperCase() + type.slice(1) : element.name
    const value = (): unknown =>
      isElementId(element, depth) ? `e${sampler.draw(1_000_000_000)}` : sampleValue(sampler, element, type, depth + 1)
    made[name] = element.max === '*' ? Array.from({ length: 1 + sampler.draw(2) }, value) : value()
  }
  if (holder === 'Extension') {
    delete made['extension']
    if (Object.keys(made).length === 1) made['valueBoolean'] = true
  } else if (Object.keys(made).every((name) => name === 'id') && holder !== 'Resource') {
    made['extension'] = [{ url: 'http://example.org/e', valueBoolean: true }]
  }
  return made
}

/** Unique in its resource, unlike a resource's own. */
function isElementId({ name }: Element, depth: number): boolean {
  return name === 'id' && depth > 0
}

function wanted({ draw }: Sampler, holder: string, element: Element, depth: number): boolean {
  if (element.min > 0) return true
  if (holder === 'Extension' && element.name === 'value[x]') return true
  if (element.name === 'contained') return false
  if (element.name.endsWith('xtension')) return draw(12) === 0
  const repeats = element.sameAs !== undefined || element.types.some((one) => one.code === 'Resource')
  if (depth >= deepest || (repeats && depth > 1)) return false
  return draw(depth + 2) !== 0 || depth === 0
}

function sampleValue(sampler: Sampler, element: Element, type: string, depth: number): unknown {
  if (element.sameAs !== undefined) return sampleObject(sampler, element.sameAs, depth)
  if (type === 'BackboneElement' || type === 'Element') return sampleObject(sampler, element.path, depth)
  if (type === 'Reference') return sampleReference(sampler, element)
  if (type === 'Resource') return { resourceType: 'Basic', id: 'b1', code: { text: 'x' } }
  const required = element.required === undefined ? undefined : codesOf(sampler.valueSets, element.required)
  if (required !== undefined && required.length > 0) {
    const coded = required[sampler.draw(required.length)]
    if (type === 'code') return coded?.code
    if (type === 'CodeableConcept') return { coding: [{ system: coded?.system, code: coded?.code }] }
  }
  const made = samplePrimitive(sampler.draw, type) ?? sampleObject(sampler, type, depth)
  if (isObject(made) && element.types.some(({ code, simple }) => code === type && simple)) {
    delete made['comparator']
    made['value'] ??= 1
  }
  return made
}

function sampleReference({ draw, definitions }: Sampler, element: Element): Json {
  const targets = element.types.find((one) => one.code === 'Reference')?.targets ?? []
  const any = draw(4) === 0 ? ['Patient'] : definitions.resources
  const from = targets.length === 0 ? any : targets
  const type = from[draw(from.length)] ?? 'Patient'
  const forms: Json[] = [
    { reference: `${type}/${draw(1000)}` },
    { reference: `https://a.example/fhir/${type}/${draw(1000)}`, display: 'elsewhere' },
    { reference: `${type}/${draw(1000)}/_history/2` },
    { reference: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', type },
    { identifier: { system: 'http://example.org/i', value: String(draw(1000)) }, type },
  ]
  return forms[draw(8)] ?? forms[0] ?? {}
}

const offsets = ['Z', '+02:00', '-05:30']

function samplePrimitive(draw: Draw, type: string): unknown {
  const two = (least: number, count: number): string => String(least + draw(count)).padStart(2, '0')
  const date = (): string => `${1900 + draw(200)}-${two(1, 12)}-${two(1, 28)}`
  const time = (): string => `${two(0, 24)}:${two(0, 60)}:${two(0, 60)}${draw(2) === 0 ? '' : `.${draw(1000)}`}`
  const instant = (): string => `${date()}T${time()}${offsets[draw(3)]}`
  switch (type) {
    case 'boolean':
      return draw(2) === 0
    case 'decimal':
      return draw(100_000) / 100 - 200
    case 'integer':
      return draw(1000) - 500
    case 'unsignedInt':
      return draw(1000)
    case 'positiveInt':
      return 1 + draw(1000)
    case 'string':
    case 'markdown':
      return ['Ünïcode text', 'plain', 'two words', 'x'][draw(4)]
    case 'code':
      return ['abc', 'phone', 'composed-of', 'two words'][draw(4)]
    case 'id':
      return `id-${draw(1000)}`
    case 'uri':
    case 'url':
    case 'canonical':
      return ['http://example.org/a', 'urn:oid:1.2.3', `http://example.org/q|${['1', '1.0', '2.1'][draw(3)]}`][draw(3)]
    case 'oid':
      return 'urn:oid:1.2.3'
    case 'uuid':
      return 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0'
    case 'base64Binary':
      return 'YWJj'
    case 'date':
      return [date(), date().slice(0, 7), date().slice(0, 4)][draw(3)]
    case 'dateTime':
      return [date(), date().slice(0, 7), instant()][draw(3)]
    case 'instant':
      return instant()
    case 'time':
      return time()
    case 'xhtml':
      return '<div xmlns="http://www.w3.org/1999/xhtml">text</div>'
    default:
      return undefined
  }
}
