import { isObject, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { Refusal, refusals } from '#base'
import { type BundleEntry, invalid, parseTarget } from './bundle.ts'
import { conditionName, turnsOf } from '#records'
import { readCondition } from './conditions.ts'
import type { OwnAddresses } from './own-address.ts'
import type { Patch } from './patch/patch.ts'
import type { Judge } from './judge/judge.ts'
import { readBundledPatch } from './patch/read-patch.ts'
import { resourceOf } from './resource-body.ts'

/** An entry whose method and content have been read. */
export interface ReadEntry {
  readonly entry: BundleEntry
  readonly resource: Resource | undefined
  readonly patch: Patch | undefined
}

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** The resources and patches, read strictly. Throws 'transaction-invalid', 'resource-invalid', 'patch-invalid'. */
export async function readEntries(judge: Judge, entries: readonly BundleEntry[]): Promise<ReadEntry[]> {
  const fullUrls = new Set<string>()
  const read: ReadEntry[] = []
  for (const entry of entries) {
    const { at, method, fullUrl } = entry
    if (!methods.has(method)) throw invalid(`${at}.request.method`, `One of ${[...methods].join(', ')}.`)
    if (fullUrl !== undefined && fullUrls.has(fullUrl))
      throw invalid(`${at}.fullUrl`, 'Two entries have the same fullUrl.')
    if (fullUrl !== undefined) fullUrls.add(fullUrl)
    read.push(await readEntry(judge, entry))
  }
  return read
}

async function readEntry(judge: Judge, entry: BundleEntry): Promise<ReadEntry> {
  const { method } = entry
  try {
    const resource = method === 'POST' || method === 'PUT' ? resourceOf(entry) : undefined
    const patch = method === 'PATCH' ? await readBundledPatch(judge, entry) : undefined
    return { entry, resource, patch }
  } catch (error) {
    throw ofEntry(entry, error)
  }
}

/**
 * The turns that changes on conditions take. Throws 'transaction-invalid' for a condition that stands there twice; once to
 * delete and once to bring something else is well, for what is deleted meets it no longer.
 */
export function turnsIn(entries: readonly BundleEntry[], own: OwnAddresses): string[] {
  const names = new Set<string>()
  const turns = new Set<string>()
  for (const entry of entries) {
    const stated = statedIn(entry, own)
    if (stated === undefined) continue
    const { type, condition } = stated
    const name = `${entry.method === 'DELETE' ? 'without ' : ''}${conditionName(type, condition)}`
    if (names.has(name)) throw oneCondition(entry)
    names.add(name)
    for (const turn of turnsOf(type, condition)) turns.add(turn)
  }
  return [...turns]
}

export function oneCondition({ at }: BundleEntry): Refusal {
  return invalid(`${at}.request`, 'Two entries stand under one condition.')
}

/** The condition that a change stands under. */
export function statedIn(entry: BundleEntry, own: OwnAddresses): { type: ResourceType; condition: string } | undefined {
  const stated = conditionOf(entry)
  if (stated === undefined) return undefined
  try {
    const { type } = parseTarget(entry)
    return { type, condition: readCondition(stated, type, own) }
  } catch (error) {
    throw ofEntry(entry, error)
  }
}

function conditionOf(entry: BundleEntry): string | undefined {
  if (entry.method === 'POST') return entry.conditions.ifNoneExist
  if (entry.method === 'GET') return undefined
  const target = parseTarget(entry)
  return target.kind === 'type' ? target.query : undefined
}

/** Has a refusal name the entry that it is about, in `OperationOutcome.issue.expression`. */
export function ofEntry({ at, resource }: BundleEntry, error: unknown): unknown {
  if (!(error instanceof Refusal)) return error
  const { code, rule, remedy, cause, issue } = error
  const type = isObject(resource) && typeof resource['resourceType'] === 'string' ? resource['resourceType'] : '$this'
  const findings = error.findings.map((finding) => ({
    ...finding,
    expression: placeIn(at, type, finding.expression),
  }))
  const here = { expression: at, issue, text: refusals[code].text }
  return new Refusal(code, { rule, remedy, cause, findings: findings.length > 0 ? findings : [here] })
}

/** `Patient.name[0]` of the resource in the entry → `Bundle.entry[3].resource.name[0]`. */
function placeIn(at: string, type: string, expression: string): string {
  if (expression.startsWith('Bundle.entry[')) return expression
  if (/^http(\.|$)/.test(expression)) return `${at}.request`
  for (const root of [type, '$this'])
    if (expression.startsWith(root)) return `${at}.resource${expression.slice(root.length)}`
  return `${at}.resource`
}
