import { generateCompartment } from './compartment.ts'
import { generateConstraints } from './constraints.ts'
import { readDefinitions } from './definitions.ts'
import { generateModifiers } from './modifiers.ts'
import { generateSearch } from './search.ts'
import { heading, words } from './source.ts'
import { generateStructure } from './structure.ts'
import { generateSummary } from './summary.ts'
import { generateTerminology } from './terminology.ts'
import { generateTypes } from './types.ts'
import { generateUriNames } from './uri-names.ts'
import { readValueSets } from './value-sets.ts'

/** Every generated file, by its path in model/src, with its text. The same definitions give the same bytes. */
export function generate(): Map<string, string> {
  const definitions = readDefinitions()
  const valueSets = readValueSets()
  const files: [string, string][] = [
    ['resource-types.ts', words('resourceTypes', definitions.resources)],
    ['compartment.ts', generateCompartment(definitions)],
    ['types.ts', generateTypes(definitions, valueSets)],
    ['uri-names.ts', generateUriNames(definitions)],
    ['constraints.json', generateConstraints(definitions)],
    ['modifiers.json', generateModifiers(definitions)],
    ['search.json', generateSearch(definitions, valueSets)],
    ['summary.json', generateSummary(definitions)],
    ...generateStructure(definitions, valueSets),
  ]
  return new Map([...within('fhir', files), ...within('terminology', generateTerminology(valueSets))])
}

function within(folder: string, files: readonly [string, string][]): [string, string][] {
  return files.map(([file, text]) => [`${folder}/generated/${file}`, file.endsWith('.ts') ? heading + text : text])
}
