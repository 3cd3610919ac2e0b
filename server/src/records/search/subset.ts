import { formatJson, parseJson, type Resource, type Subset, subsetOf } from '@chartkeep/model/fhir'
import { Refusal, refuseParameter } from '#base'
import type { Stored } from '../visible.ts'
import { namingParameter } from './parameter-name.ts'

export type Summary = 'true' | 'text' | 'data' | 'count' | 'false'

const summaries: readonly Summary[] = ['true', 'text', 'data', 'count', 'false']

/** Throws 'parameter-invalid'. */
export function readSummary(value: string): Summary {
  const found = summaries.find((one) => one === value)
  if (found === undefined) throw new Refusal('parameter-invalid')
  return found
}

/** Names of top-level elements; of one further down, the top one. Throws 'parameter-invalid'. */
export function readElements(value: string): string[] {
  const names = value.split(',')
  if (names.length > 100 || !names.every((one) => /^[A-Za-z][A-Za-z.]{0,63}$/.test(one)))
    throw new Refusal('parameter-invalid')
  return names.map((one) => one.split('.')[0] ?? one)
}

interface PartAsked {
  readonly summary: Summary
  readonly elements: readonly string[] | undefined
}

/** Undefined for the whole. */
export function subsetAsked({ summary, elements }: PartAsked): Subset | undefined {
  if (summary === 'text' || summary === 'data') return summary
  if (summary === 'true') return 'summary'
  return elements === undefined ? undefined : { elements }
}

/** What a read of one record asks for by `_summary` and `_elements`; the rest says nothing to it. Throws 'parameter-invalid'. */
export function subsetOfRead(parameters: URLSearchParams): Subset | undefined {
  const asked: PartAsked = {
    summary: readNamed(parameters, '_summary', readSummary) ?? 'false',
    elements: readNamed(parameters, '_elements', readElements),
  }
  // There is nothing to count.
  if (asked.summary === 'count') throw refuseParameter('parameter-invalid', '_summary')
  return subsetAsked(asked)
}

function readNamed<T>(parameters: URLSearchParams, name: string, read: (value: string) => T): T | undefined {
  const value = parameters.get(name)
  return value === null ? undefined : namingParameter(name, 1, () => read(value))
}

/** A part of a record, tagged as one. The digits of its decimals stay as they were written. */
export function subset(stored: Stored, asked: Subset | undefined): Stored {
  if (asked === undefined) return stored
  // oxlint-disable-next-line no-unsafe-type-assertion -- sealed by us from a Resource, and unaltered since
  const resource = parseJson(stored.json, { bytes: stored.json.length }) as Resource
  return { ...stored, json: Buffer.from(formatJson(subsetOf(resource, asked), resource)) }
}
