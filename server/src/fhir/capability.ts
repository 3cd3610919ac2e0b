import { type ResourceType, resourceTypes, searchParameters } from '@chartkeep/model/fhir'
import { isOffered } from './offered.ts'
import type { Operation } from './operation.ts'
import { type Served, served } from './served.ts'

/** What this server does (R4 capabilities), from the tables that route requests. `base` is its address. */
export function capabilityStatement(
  base: string,
  version: string,
  operations: readonly Operation[],
): Record<string, unknown> {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-11-22',
    kind: 'instance',
    software: { name: 'Chartkeep', version },
    implementation: { description: 'Chartkeep', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/json-patch+json', 'application/fhir+json'],
    rest: [
      {
        mode: 'server',
        security: {
          cors: false,
          service: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' },
              ],
            },
          ],
          description: 'SMART Backend Services for programs; every access is recorded.',
        },
        resource: resourceTypes.filter((type) => isOffered(type, 'read')).map((type) => resourceOf(type, operations)),
        interaction: codesOf(served.filter(({ asks }) => asks === undefined)),
        operation: operations.filter(({ levels }) => levels.includes('system')).map(operationOf),
      },
    ],
  }
}

function codesOf(rows: readonly Served[]): { code: string }[] {
  return [...new Set(rows.flatMap(({ codes }) => codes))].map((code) => ({ code }))
}

/** What is served for a type: rows of its own take the place of those for all. */
function servedFor(type: ResourceType): Served[] {
  const own = served.filter(({ only }) => only === type)
  const replaced = new Set(own.flatMap(({ codes }) => codes))
  const general = served.filter(({ only, codes }) => only === undefined && !codes.some((code) => replaced.has(code)))
  return [...own, ...general].filter(({ asks }) => asks !== undefined && isOffered(type, asks))
}

function onCondition(type: ResourceType, code: string): boolean {
  return servedFor(type).some(({ codes, conditional }) => conditional === true && codes.includes(code))
}

function operationOf({ code, definition, documentation }: Operation): Record<string, string> {
  return { name: code, definition, documentation }
}

function operationsFor(type: ResourceType, operations: readonly Operation[]): Record<string, string>[] {
  return operations
    .filter(({ levels }) => levels.some((level) => level !== 'system'))
    .filter(({ types }) => types.length === 0 || types.includes(type))
    .map(operationOf)
}

function resourceOf(type: ResourceType, operations: readonly Operation[]): Record<string, unknown> {
  return {
    type,
    interaction: codesOf(servedFor(type)),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: false,
    conditionalCreate: isOffered(type, 'create') && type !== 'Binary',
    conditionalRead: type === 'Binary' ? 'not-supported' : 'full-support',
    conditionalUpdate: onCondition(type, 'update'),
    conditionalDelete: onCondition(type, 'delete') ? 'single' : 'not-supported',
    referencePolicy: ['literal', 'local'],
    ...includesOf(type),
    searchParam: searchParameters(type).map(({ code, type: kind }) => ({ name: code, type: kind })),
    operation: operationsFor(type, operations),
  }
}

/** What may come along with a search: every reference goes; of the reversed ones, which all go too, the one that US Core asks for. */
function includesOf(type: ResourceType): Record<string, readonly string[]> {
  const references = searchParameters(type).filter((one) => one.type === 'reference')
  return {
    searchInclude: ['*', ...references.map(({ code }) => `${type}:${code}`)],
    searchRevInclude: ['Provenance:target'],
  }
}
