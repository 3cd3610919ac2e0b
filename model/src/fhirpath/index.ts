// FHIRPath over R4 resources, by HL7's own library, within limits. The library takes 30 ms and 30 MB to load, so it is
// loaded by the first who asks for it, and this door costs nothing. The constraints of R4 itself do not need it: they are
// compiled (see `@chartkeep/model/fhir`).
import type * as evaluation from './evaluate.ts'

export type { Located } from './evaluate.ts'
export { FhirpathFault, type FhirpathFaultCode } from './fault.ts'

/** What evaluates FHIRPath: `evaluate` for values, `locate` for where they are. */
export async function loadFhirpath(): Promise<typeof evaluation> {
  return import('./evaluate.ts')
}
