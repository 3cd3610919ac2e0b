/**
 * Why a value set cannot be worked out, whatever is known of its code systems.
 * - `too-costly`: more codes or more steps than are spent on one request
 * - `circular`: it includes itself, by however many steps
 * - `unsupported`: a filter that is not understood here
 * - `malformed`: a stored definition that does not hold together
 */
export type TerminologyFaultCode = 'too-costly' | 'circular' | 'unsupported' | 'malformed'

/** Holds no text of the definition that failed. */
export class TerminologyFault extends Error {
  readonly code: TerminologyFaultCode

  constructor(code: TerminologyFaultCode) {
    super(`the value set is ${code}`)
    this.name = 'TerminologyFault'
    this.code = code
  }
}
