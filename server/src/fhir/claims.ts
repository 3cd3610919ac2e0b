import { type ResourceType, resourceTypes, searchParameters } from '@chartkeep/model/fhir'
import { isOffered } from './offered.ts'
import type { Operation } from './operation.ts'
import { type Served, served } from './served.ts'

// What the tables of served.ts and operations.ts come to for one type: for the CapabilityStatement and the OpenAPI
// document alike.

/** The types that anything is offered for. */
export const offeredTypes: readonly ResourceType[] = resourceTypes.filter((type) => isOffered(type, 'read'))

/** The types that a caller can name at all: what is kept, and what an operation judges. */
export function namedTypes(operations: readonly Operation[]): readonly ResourceType[] {
  return resourceTypes.filter((type) => isOffered(type, 'read') || operationsFor(type, operations).length > 0)
}

/** What is served for a type: rows of its own take the place of those for all. */
export function servedFor(type: ResourceType): Served[] {
  const own = served.filter(({ only }) => only === type)
  const replaced = new Set(own.flatMap(({ codes }) => codes))
  const general = served.filter(({ only, codes }) => only === undefined && !codes.some((code) => replaced.has(code)))
  return [...own, ...general].filter(({ asks }) => asks !== undefined && isOffered(type, asks))
}

/** Whether an interaction is served by a condition in place of an id. */
export function onCondition(type: ResourceType, code: string): boolean {
  return servedFor(type).some(({ codes, conditional }) => conditional === true && codes.includes(code))
}

export function operationsFor(type: ResourceType, operations: readonly Operation[]): Operation[] {
  return operations
    .filter(({ levels }) => levels.some((level) => level !== 'system'))
    .filter(({ types }) => types.length === 0 || types.includes(type))
}

/** `_include` of a type: all of its references, or each. */
export function includesOf(type: ResourceType): string[] {
  return isOffered(type, 'search') ? ['*', ...referencesOf(type).map(({ code }) => `${type}:${code}`)] : []
}

/** `_revinclude` of a type: each reference of another that may lead to it. */
export function revIncludesOf(type: ResourceType): string[] {
  if (!isOffered(type, 'search')) return []
  return offeredTypes
    .filter((source) => isOffered(source, 'search'))
    .flatMap((source) =>
      referencesOf(source)
        .filter(({ targets }) => targets === undefined || targets.includes(type))
        .map(({ code }) => `${source}:${code}`),
    )
}

function referencesOf(type: ResourceType) {
  return searchParameters(type).filter((parameter) => parameter.type === 'reference')
}
