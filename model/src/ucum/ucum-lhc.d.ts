// What is used of @lhncbc/ucum-lhc, which comes without types.
declare module '@lhncbc/ucum-lhc' {
  interface Conversion {
    readonly status: 'succeeded' | 'failed' | 'error'
    readonly toVal: number | null
  }
  type Base =
    | { readonly status: 'succeeded'; readonly magnitude: number }
    | { readonly status: 'failed' | 'invalid' | 'error' }
  interface Unit {
    readonly moleExp_: number
    readonly isSpecial_: boolean
  }
  interface Utils {
    getSpecifiedUnit(code: string, origin: 'validate'): { readonly unit: Unit | null | undefined }
    validateUnitString(code: string): { readonly status: 'valid' | 'invalid' | 'error' }
    convertUnitTo(from: string, value: number, to: string): Conversion
    convertToBaseUnits(code: string, value: number): Base
  }
  const ucumPackage: { readonly UcumLhcUtils: { getInstance(): Utils } }
  export default ucumPackage
}
