// FHIR R4 4.0.1 as code: types, strict reading, structure, references, compartments, search values.
export { clinicalDate } from './clinical-date.ts'
export { hasPatientCompartment, patientsOf } from './compartment.ts'
export { JsonFault, type JsonFaultCode } from './json-fault.ts'
export { defaultJsonLimits, type JsonLimits, parseJson } from './json.ts'
export { codeText, displayName } from './names.ts'
export { readReference, type ReferenceText } from './reference-text.ts'
export {
  type FoundReference,
  type LinkKind,
  type LinkMap,
  type LiteralReference,
  referencesIn,
  rewriteReferences,
} from './references.ts'
export type {
  CodeableConcept,
  Coding,
  Finding,
  HumanName,
  Identifier,
  JsonObject,
  Meta,
  Period,
  Reference,
  Resource,
} from './resource.ts'
export { codeOfType, isResourceType, type ResourceType, resourceTypes, typeOfCode } from './resource-type.ts'
export { isSigned } from './signed.ts'
