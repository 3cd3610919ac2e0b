// FHIRPath over R4 resources, by HL7's own library, within limits. The library takes 30 ms and 30 MB to load, so import
// this door where an expression is first met: `await import('@chartkeep/model/fhirpath')`. The constraints of R4
// itself do not need it: they are compiled (see `@chartkeep/model/fhir`).
export { evaluate, type Located, locate } from './evaluate.ts'
export { FhirpathFault, type FhirpathFaultCode } from './fault.ts'
