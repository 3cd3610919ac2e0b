// model/src/profiles/generated: the profiles of R4 and of US Core as lines of facts (profile-facts.ts). By canonical: the
// first line is the type and the versions held; each further line begins with the places of the versions that say it, or
// `*` for all. `codes` lists value sets (`system code code`); an invariant is its severity, our words and its form.
import { existsSync } from 'node:fs'
import type { Form } from '../../model/src/fhir/constraint-form.ts'
import { translate } from './constraint-form.ts'
import { type Definitions, type Loose, readBundle, readDefinitions } from './definitions.ts'
import { readPackage } from './package-files.ts'
import { mend, wordsFor } from './profile-words.ts'
import { factsOf, type Surroundings } from './profile-facts.ts'
import { testData } from './test-data.ts'
import { codesOf, readValueSets, type ValueSets } from './value-sets.ts'

interface Published {
  readonly version: string
  readonly structures: readonly Loose[]
  readonly valueSets: ValueSets
}

/** Every release that was published and is in use; what they have in common is written once. */
const packages = ['311', '400', '501', '610', '700', '800']

const usCoreFile = 'profiles/generated/us-core.json'

export const usCorePackages = testData === undefined ? undefined : `${testData}/2-fhir-definitions/us-core`

/** Each file with its text; what is missing cannot be made on this machine, where the packages of US Core are not. */
export function generateProfiles(): { files: Map<string, string>; missing: string | undefined } {
  const definitions = readDefinitions()
  const valueSets = readValueSets()
  const structures = readBundle('profiles-others.json').filter((one) => definitions.resources.includes(one.type))
  const files = new Map([
    ['profiles/generated/r4.json', generate([{ version: '4.0.1', structures, valueSets }], definitions)],
  ])
  if (usCorePackages === undefined || !existsSync(usCorePackages)) return { files, missing: usCoreFile }
  const versions = packages.map((name) => published(readPackage(`${usCorePackages}/us_core_${name}.tgz`), valueSets))
  return { files: files.set(usCoreFile, generate(versions, definitions)), missing: undefined }
}

function published(files: ReadonlyMap<string, Loose>, base: ValueSets): Published {
  const all = [...files.values()]
  const byUrl = (type: string, known: ReadonlyMap<string, Loose>): Map<string, Loose> =>
    new Map([...known, ...all.filter((one) => one.resourceType === type).map((one): [string, Loose] => [one.url, one])])
  return {
    version: files.get('package.json').version,
    structures: all.filter((one) => one.resourceType === 'StructureDefinition' && one.derivation === 'constraint'),
    valueSets: {
      sets: new Map([...valueSetAuthority, ...byUrl('ValueSet', base.sets)]),
      systems: byUrl('CodeSystem', base.systems),
    },
  }
}

const race = 'urn:oid:2.16.840.1.113883.6.238'
const nullFlavor = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor'
const listed = (system: string, codes: string): Loose => ({
  compose: { include: [{ system, concept: codes.split(' ').map((code) => ({ code })) }] },
})
/** Sets of the Value Set Authority Center that US Core 6.1 names, and 3.1.1 listed: OMB's categories, asked and unknown. */
const valueSetAuthority = new Map<string, Loose>([
  [
    'http://cts.nlm.nih.gov/fhir/ValueSet/2.16.840.1.114222.4.11.836',
    listed(race, '1002-5 2028-9 2054-5 2076-8 2106-3'),
  ],
  ['http://cts.nlm.nih.gov/fhir/ValueSet/2.16.840.1.114222.4.11.837', listed(race, '2135-2 2186-5')],
  ['http://cts.nlm.nih.gov/fhir/ValueSet/2.16.840.1.113762.1.4.1021.102', listed(nullFlavor, 'UNK ASKU')],
])

function generate(versions: readonly Published[], definitions: Definitions): string {
  const codes = new Map<string, string>()
  const invariants = new Map<string, string>()
  const types = coreTypes(definitions)
  for (const { structures } of versions) for (const one of structures) types.set(one.url, one.type)
  const baseKeys = keysOfBase()
  const profiles = new Map<string, Held>()
  for (const { version, structures, valueSets } of versions) {
    const around: Surroundings = {
      definitions,
      baseKeys,
      typeOf: (canonical) => types.get(canonical),
      nameCodes: (canonical) => {
        const list = codesOf(valueSets, canonical)
        if (list === undefined) return undefined
        const bySystem = [...Map.groupBy(list, (one) => one.system)]
        const text = bySystem.map(([system, some]) => [system, ...some.map((one) => one.code)].join(' ')).join(';')
        return nameOnce(codes, canonical.slice(canonical.lastIndexOf('/') + 1), text)
      },
      nameInvariant: ({ key, severity, expression }) =>
        expression === undefined || unjudged.test(expression)
          ? undefined
          : nameOnce(invariants, key, `${severity} ${mend(expression)}`),
    }
    for (const structure of structures) {
      const known = profiles.get(structure.url) ?? newProfile(structure.type)
      profiles.set(structure.url, known)
      const place = known.versions.push(version) - 1
      for (const [path, said] of factsOf(structure, around)) {
        const line = `${path} ${said}`
        known.lines.set(line, [...(known.lines.get(line) ?? []), place])
      }
    }
  }
  return text({
    profiles: [...profiles].map(([url, one]) => [url, linesOf(one)]),
    codes: [...codes].map(([name, list]) => [name, list.split(';')]),
    invariants: [...invariants].map(([name, said]) => [name, invariantOf(said)]),
  })
}

/** What asks for more than the resource and R4's types: codes of large value sets, other profiles, other resources. */
const unjudged = /memberOf|conformsTo|resolve\(/

function invariantOf(said: string): [severity: string, words: string, form: Form] {
  const cut = said.indexOf(' ')
  const expression = said.slice(cut + 1)
  return [said.slice(0, cut), wordsFor(expression), translate(expression)]
}

/** The name, or with a number after it where the name is taken by another text. */
function nameOnce(known: Map<string, string>, wanted: string, said: string): string {
  let name = wanted
  for (let number = 2; known.has(name) && known.get(name) !== said; number++) name = `${wanted}~${number}`
  known.set(name, said)
  return name
}

interface Held {
  readonly type: string
  readonly versions: string[]
  /** The places of the versions that say it, by line. */
  readonly lines: Map<string, number[]>
}

function newProfile(type: string): Held {
  return { type, versions: [], lines: new Map() }
}

function linesOf(one: Held): string[] {
  const lines = [...one.lines].map(([line, places]) => {
    return `${places.length === one.versions.length ? '*' : places.join('')} ${line}`
  })
  return [[one.type, ...one.versions].join(' '), ...lines]
}

function coreTypes(definitions: Definitions): Map<string, string> {
  const url = 'http://hl7.org/fhir/StructureDefinition/'
  const types = [...definitions.resources, 'Resource'].map((name): [string, string] => [url + name, name])
  const profiles = readBundle('profiles-others.json').map((one): [string, string] => [one.url, one.type])
  return new Map([...types, ...profiles])
}

function keysOfBase(): Set<string> {
  const structures = [...readBundle('profiles-resources.json'), ...readBundle('profiles-types.json')]
  const elements = structures.flatMap((one) => one.snapshot?.element ?? [])
  return new Set(elements.flatMap((one: Loose) => (one.constraint ?? []).map((each: Loose) => each.key)))
}

/** A line for each fact, and for each invariant. */
function text(sections: Readonly<Record<string, readonly (readonly [string, readonly unknown[]])[]>>): string {
  const written = Object.entries(sections).map(([name, rows]) => {
    const sorted = rows.toSorted(([a], [b]) => (a < b ? -1 : 1))
    const lines = sorted.map(([row, list]) => {
      const facts = list.map((one) => JSON.stringify(one))
      return `  ${JSON.stringify(row)}: [${name === 'invariants' ? facts.join(',') : `\n   ${facts.join(',\n   ')}\n  `}]`
    })
    return ` ${JSON.stringify(name)}: {\n${lines.join(',\n')}\n }`
  })
  return `{\n${written.join(',\n')}\n}\n`
}
