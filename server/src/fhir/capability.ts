import { type ResourceType, resourceTypes, searchParameters } from '@chartkeep/model/fhir'

/** Kept to themselves: the ledger writes AuditEvents, a Bundle is carried out and not stored. */
const notStored = new Set<ResourceType>(['AuditEvent', 'Bundle', 'Parameters', 'OperationOutcome'])

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
        resource: resourceTypes.filter((type) => !notStored.has(type)).map(resourceOf),
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
      },
    ],
  }
}

function resourceOf(type: ResourceType): Record<string, unknown> {
  const interactions = [
    'read',
    'vread',
    'history-instance',
    'create',
    'search-type',
    ...(type === 'Binary' ? [] : ['update', 'delete']),
  ]
  return {
    type,
    interaction: interactions.map((code) => ({ code })),
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
