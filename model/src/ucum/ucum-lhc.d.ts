// What is used of @lhncbc/ucum-lhc, which comes without types.
declare module '@lhncbc/ucum-lhc' {
  interface Conversion {
    readonly status: 'succeeded' | 'failed' | 'error'
    readonly toVal: number | null
  }
  type Base =
    | { readonly status: 'succeeded'; readonly magnitude: number }
    | { readonly status: 'failed' | 'invalid' | 'error' }
  interface Utils {
    convertUnitTo(from: string, value: number, to: string): Conversion
    convertToBaseUnits(code: string, value: number): Base
  }
  const ucumPackage: { readonly UcumLhcUtils: { getInstance(): Utils } }
  export default ucumPackage
}
