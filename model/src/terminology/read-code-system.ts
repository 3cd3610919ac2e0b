import { isObject, type JsonObject, type Resource } from '../fhir/resource.ts'
import { indexConcepts, type Placed } from './concepts.ts'
import type { CodeSystem, Content, Designation, Property } from './content.ts'
import { TerminologyFault } from './fault.ts'

const mostConcepts = 100_000

/**
 * A CodeSystem resource that follows its R4 definition. Undefined for one that holds no concepts of its own: a supplement, or
 * one whose content is kept elsewhere. Throws TerminologyFault.
 */
export function readCodeSystem(resource: Resource): CodeSystem | undefined {
  const content = contentOf(resource['content'])
  const url = textIn(resource, 'url')
  if (content === undefined || url === undefined) return undefined
  const placed: Placed[] = []
  const otherParents = new Map<string, string[]>()
  place(objectsIn(resource, 'concept'), undefined, placed, otherParents)
  const meaning = resource['hierarchyMeaning']
  return {
    url,
    version: textIn(resource, 'version'),
    name: textIn(resource, 'name') ?? textIn(resource, 'title') ?? url,
    content,
    caseSensitive: resource['caseSensitive'] !== false,
    subsumes: meaning === undefined || meaning === 'is-a',
    concepts: indexConcepts(placed.map((one) => withParents(one, otherParents.get(one.code)))),
    propertyCodes: new Set([...objectsIn(resource, 'property').flatMap((one) => textIn(one, 'code') ?? []), 'status']),
  }
}

function contentOf(value: unknown): Content | undefined {
  return value === 'complete' || value === 'fragment' || value === 'example' ? value : undefined
}

function place(
  concepts: readonly JsonObject[],
  outer: string | undefined,
  placed: Placed[],
  otherParents: Map<string, string[]>,
): void {
  for (const concept of concepts) {
    const code = textIn(concept, 'code')
    if (code === undefined) throw new TerminologyFault('malformed')
    if (placed.length >= mostConcepts) throw new TerminologyFault('too-costly')
    const properties = objectsIn(concept, 'property').flatMap(propertyOf)
    const values = (...names: string[]): unknown[] =>
      properties.filter((one) => names.includes(one.code)).map(({ value }) => value)
    const parents = [outer, ...values('parent', 'subsumedBy')].filter((one) => typeof one === 'string')
    for (const child of values('child')) if (typeof child === 'string') addTo(otherParents, child, code)
    placed.push({
      code,
      display: textIn(concept, 'display'),
      definition: textIn(concept, 'definition'),
      abstract: values('notSelectable', 'abstract').includes(true),
      inactive:
        values('inactive').includes(true) || values('status').some((one) => one === 'retired' || one === 'inactive'),
      parents: [...new Set(parents)],
      properties,
      designations: designationsIn(concept),
    })
    place(objectsIn(concept, 'concept'), code, placed, otherParents)
  }
}

function addTo(lists: Map<string, string[]>, key: string, one: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [one])
  else list.push(one)
}

function withParents(one: Placed, more: readonly string[] | undefined): Placed {
  return more === undefined ? one : { ...one, parents: [...new Set([...one.parents, ...more])] }
}

function propertyOf(one: JsonObject): Property[] {
  const code = textIn(one, 'code')
  const element = Object.keys(one).find((key) => key.startsWith('value'))
  return code === undefined || element === undefined ? [] : [{ code, element, value: one[element] }]
}

export function designationsIn(holder: JsonObject): Designation[] {
  return objectsIn(holder, 'designation').flatMap((one) => {
    const value = textIn(one, 'value')
    return value === undefined ? [] : [{ language: textIn(one, 'language'), value }]
  })
}

export function textIn(holder: JsonObject, name: string): string | undefined {
  const value = holder[name]
  return typeof value === 'string' ? value : undefined
}

export function objectsIn(holder: JsonObject, name: string): JsonObject[] {
  const value = holder[name]
  return Array.isArray(value) ? value.filter((one) => isObject(one)) : []
}
