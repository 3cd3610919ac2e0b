// The FHIR R4 REST interface: reads, writes, searches, transactions and batches, content of Binary, what it can do.
export { asResource } from './resource-body.ts'
export { type FhirParts, fhirRoutes } from './routes.ts'
export { readJsonPatch } from './patch/json-patch.ts'
