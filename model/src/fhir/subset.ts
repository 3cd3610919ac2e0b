import summaryLines from './generated/summary.json' with { type: 'json' }
import type { Resource } from './resource.ts'

export interface SummaryElements {
  /** What `_summary=true` keeps. */
  readonly summary: ReadonlySet<string>
  /** What a resource of the type must have. */
  readonly mandatory: ReadonlySet<string>
}

const table: Readonly<Record<string, readonly string[]>> = summaryLines
const byType = new Map<string, SummaryElements>()

/** The elements of a type that stay in its subsets (R4 search, 3.1.1.5.8). A choice stands under `value[x]`. */
function elementsOf(type: string): SummaryElements {
  let found = byType.get(type)
  if (found === undefined) {
    const words = (table[type]?.[0] ?? '').split(' ').filter((word) => word !== '')
    const bare = (word: string): string => word.replaceAll(/[!-]/g, '')
    found = {
      summary: new Set(words.filter((word) => !word.endsWith('-')).map(bare)),
      mandatory: new Set(words.filter((word) => word.includes('!')).map(bare)),
    }
    byType.set(type, found)
  }
  return found
}

export type Subset = 'summary' | 'text' | 'data' | { readonly elements: readonly string[] }

const always = ['resourceType', 'id', 'meta', 'implicitRules']
const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }

/** A part of a resource, marked as one: whoever gets it must not take it for the whole and write it back. */
export function subsetOf(resource: Resource, subset: Subset): Resource {
  const { summary, mandatory } = elementsOf(resource.resourceType)
  const keeps = (name: string): boolean => {
    if (always.includes(name)) return true
    if (subset === 'data') return name !== 'text'
    if (subset === 'text') return name === 'text' || has(mandatory, name)
    if (subset === 'summary') return has(summary, name)
    return has(mandatory, name) || subset.elements.some((one) => one === name || isChoice(one, name))
  }
  const kept = Object.entries(resource).filter(([name]) => keeps(name.replace(/^_/, '')))
  return {
    ...Object.fromEntries(kept),
    resourceType: resource.resourceType,
    meta: { ...resource.meta, tag: [...(resource.meta?.tag ?? []), subsetted] },
  }
}

/** `valueQuantity` is an element called `value[x]`. */
function has(names: ReadonlySet<string>, name: string): boolean {
  if (names.has(name)) return true
  for (const one of names) if (one.endsWith('[x]') && isChoice(one.slice(0, -3), name)) return true
  return false
}

function isChoice(element: string, name: string): boolean {
  return name.startsWith(element) && /^[A-Z]/.test(name.slice(element.length))
}
