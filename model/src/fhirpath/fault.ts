const texts = {
  'too-long': 'The FHIRPath expression is too long or nested too deeply.',
  syntax: 'The FHIRPath expression is not well formed.',
  'not-offered': 'The FHIRPath expression uses a function, variable or name that is not offered.',
  execution: 'The FHIRPath expression cannot be evaluated on this resource.',
  'too-costly': 'The FHIRPath expression takes too many steps or finds too much.',
  'not-an-element': 'The FHIRPath expression finds something that is not an element of the resource.',
} as const

export type FhirpathFaultCode = keyof typeof texts

/** Why an expression was not evaluated. The text is fixed: it holds nothing of the expression or the resource. */
export class FhirpathFault extends Error {
  readonly code: FhirpathFaultCode

  constructor(code: FhirpathFaultCode) {
    super(texts[code])
    this.name = 'FhirpathFault'
    this.code = code
  }
}
