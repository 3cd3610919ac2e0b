// FHIR R4 4.0.1 as code: types, strict reading, structure, references, compartments, search values.
export { codeOfType, isResourceType, type ResourceType, resourceTypes, typeOfCode } from './resource-type.ts'
