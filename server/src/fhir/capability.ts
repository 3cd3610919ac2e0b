import { type ResourceType, resourceTypes, searchParameters } from '@chartkeep/model/fhir'
import { type Interaction, isOffered } from './offered.ts'

/** What this server does (R4 capabilities). `base` is its address. */
export function capabilityStatement(base: string, version: string): Record<string, unknown> {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-11-22',
    kind: 'instance',
    software: { name: 'Chartkeep', version },
    implementation: { description: 'Chartkeep', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
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
        resource: resourceTypes.filter((type) => isOffered(type, 'read')).map(resourceOf),
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
      },
    ],
  }
}

const codes: readonly (readonly [code: string, interaction: Interaction])[] = [
  ['read', 'read'],
  ['vread', 'history'],
  ['history-instance', 'history'],
  ['create', 'create'],
  ['search-type', 'search'],
  ['update', 'update'],
  ['delete', 'delete'],
]

function resourceOf(type: ResourceType): Record<string, unknown> {
  return {
    type,
    interaction: codes.filter(([, interaction]) => isOffered(type, interaction)).map(([code]) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: false,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: false,
    conditionalDelete: 'not-supported',
    referencePolicy: ['literal', 'local'],
    searchParam: searchParameters(type).map(({ code, type: kind }) => ({ name: code, type: kind })),
  }
}
