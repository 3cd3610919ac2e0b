import { type ResourceType, searchParameters, type SearchParameter } from '@chartkeep/model/fhir'
import { profilesOf } from '@chartkeep/model/profiles'
import { includesOf, namedTypes, onCondition, operationsFor, revIncludesOf, servedFor } from './claims.ts'
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
    date: '2026-11-26',
    kind: 'instance',
    instantiates: ['http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server'],
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
        resource: namedTypes(operations).map((type) => resourceOf(type, operations)),
        interaction: interactionsOf(served.filter(({ asks }) => asks === undefined)),
        ...list('operation', operations.filter(({ levels }) => levels.includes('system')).map(operationOf)),
      },
    ],
  }
}

/** Each code once, with what its rows say. */
function interactionsOf(rows: readonly Served[]): { code: string; documentation: string }[] {
  const codes = [...new Set(rows.flatMap((row) => row.codes))]
  return codes.map((code) => ({
    code,
    documentation: rows
      .filter((row) => row.codes.includes(code))
      .map((row) => row.documentation)
      .join(' '),
  }))
}

function resourceOf(type: ResourceType, operations: readonly Operation[]): Record<string, unknown> {
  const rows = servedFor(type)
  const serves = (code: string): boolean => rows.some(({ codes }) => codes.includes(code))
  return {
    type,
    ...list('supportedProfile', profilesOf(type)),
    // Said at length in the OpenAPI document: here it would stand there for every type.
    ...list(
      'interaction',
      interactionsOf(rows).map(({ code }) => ({ code })),
    ),
    versioning: serves('update') ? 'versioned-update' : serves('read') ? 'versioned' : 'no-version',
    readHistory: serves('vread'),
    updateCreate: false,
    conditionalCreate: type !== 'Binary' && serves('create'),
    conditionalRead: type === 'Binary' || !serves('read') ? 'not-supported' : 'full-support',
    conditionalUpdate: onCondition(type, 'update'),
    conditionalDelete: onCondition(type, 'delete') ? 'single' : 'not-supported',
    referencePolicy: ['literal', 'local'],
    ...list('searchInclude', includesOf(type)),
    ...list('searchRevInclude', revIncludesOf(type)),
    ...list('searchParam', isOffered(type, 'search') ? searchParameters(type).map(searchParamOf) : []),
    ...list('operation', operationsFor(type, operations).map(operationOf)),
  }
}

function searchParamOf({ code, type, targets, components }: SearchParameter): Record<string, string> {
  const to = targets === undefined ? '' : ` to ${targets.join(', ')}`
  const parts = components.length === 0 ? '' : ` of ${components.map((one) => one.type).join(' and ')}`
  return { name: code, type, documentation: `By ${type}${to}${parts}.` }
}

function operationOf({ code, definition, documentation }: Operation): Record<string, string> {
  return { name: code, definition, documentation }
}

/** FHIR has no empty lists. */
function list(name: string, members: readonly unknown[]): Record<string, readonly unknown[]> {
  return members.length === 0 ? {} : { [name]: members }
}
