import { splitEscaped, type Terminology, unescape } from '@chartkeep/model/fhir'
import {
  gather,
  type Needs,
  openTerminology,
  shipped,
  splitCanonical,
  TerminologyFault,
} from '@chartkeep/model/terminology'
import { Refusal } from '#base'
import { type Grant, grantFor } from '#policy'
import type { Search } from './search/ask.ts'
import { parseStored, type Stored } from './visible.ts'

const shippedTerms = openTerminology(shipped)

/** Finds a stored definition, and records that it was looked for. */
type FindDefinition = (grant: Grant<'search'>, canonical: string) => Promise<Stored | undefined>

/**
 * What a search needs to know of terminology: what is shipped and, where `:in`, `:above` and the like name something else,
 * the practice's own definitions. These are looked up under the rights of whoever searches, and that is recorded. Throws
 * what policy refuses with, and 'expansion-too-costly'.
 */
export async function termsFor(
  find: FindDefinition,
  grant: Grant<'search'>,
  parameters: Search['parameters'],
): Promise<Terminology> {
  const needs = needsIn(parameters)
  if (needs.valueSets.length + needs.codeSystems.length === 0) return shippedTerms
  try {
    const library = await gather(shipped, needs, async (type, canonical) => {
      const stored = await find(grantFor(grant.question, 'search', type), canonical)
      return stored === undefined ? undefined : parseStored(stored.json)
    })
    return openTerminology(library)
  } catch (error) {
    if (!(error instanceof TerminologyFault)) throw error
    throw new Refusal('expansion-too-costly')
  }
}

/** The value sets and code systems that parameters name; what is shipped in full needs nothing more. */
function needsIn(parameters: Search['parameters']): Needs {
  const valueSets: string[] = []
  const codeSystems: string[] = []
  for (const [name, value] of parameters) {
    const modifier = name.slice(name.lastIndexOf(':') + 1)
    for (const text of splitEscaped(value, ',')) {
      if (modifier === 'in' || modifier === 'not-in') valueSets.push(unescape(text))
      if (modifier !== 'above' && modifier !== 'below') continue
      const [system = '', code] = splitEscaped(text, '|')
      if (code !== undefined && system !== '') codeSystems.push(unescape(system))
    }
  }
  return {
    valueSets: valueSets.filter((one) => shippedTerms.members(one)?.complete !== true),
    codeSystems: codeSystems.filter((one) => shipped.codeSystem(splitCanonical(one).url) === undefined),
  }
}
