// oxlint-disable-next-line typescript/triple-slash-reference -- the library has no types; whoever opens this door needs ours
/// <reference path="./ucum-lhc.d.ts" />
import ucumPackage from '@lhncbc/ucum-lhc'
import type { Units } from '../fhir/index.ts'

/** How one unit becomes another, or base units: by a factor, or by the library where it is no ratio (temperature, pH). */
type Conversion = { readonly factor: number } | { readonly special: (value: number) => number | undefined }

// Codes come from stored records and queries: long ones are nobody's unit, and what is remembered has a bound.
const longest = 64
const mostRemembered = 10_000

export function ucumUnits(): Units {
  const library = ucumPackage.UcumLhcUtils.getInstance()
  const between = new Map<string, Conversion | undefined>()
  const toBase = new Map<string, Conversion | undefined>()

  /** UCUM takes a mole for a number. A count is still no amount of substance: of cells, nobody asks in moles. */
  const sameAmount = (from: string, to: string): boolean => {
    const [one, other] = [from, to].map((code) => library.getSpecifiedUnit(code, 'validate').unit)
    if (!one || !other) return false
    return one.moleExp_ === other.moleExp_ || one.isSpecial_ || other.isSpecial_
  }
  const convertBy = (value: number, from: string, to: string): number | undefined => {
    const { status, toVal } = library.convertUnitTo(from, value, to)
    return status === 'succeeded' && toVal !== null ? rounded(toVal) : undefined
  }
  const baseBy = (value: number, code: string): number | undefined => {
    const read = library.convertToBaseUnits(code, value)
    return read.status === 'succeeded' ? rounded(read.magnitude) : undefined
  }
  return {
    convert(value, from, to) {
      if (from === to) return value
      const known = remembered(between, `${from}\n${to}`, () =>
        isNoCode(from) || isNoCode(to) || !sameAmount(from, to)
          ? undefined
          : conversionBy((size) => convertBy(size, from, to)),
      )
      return applied(known, value)
    },
    base(value, code) {
      const known = remembered(toBase, code, () =>
        isNoCode(code) ? undefined : rising(conversionBy((size) => baseBy(size, code))),
      )
      return applied(known, value)
    },
  }
}

/** Whether a code is a unit of UCUM. */
export function unitCheck(): (code: string) => boolean {
  const library = ucumPackage.UcumLhcUtils.getInstance()
  const units = new Map<string, boolean>()
  return (code) =>
    !isNoCode(code) && remembered(units, code, () => library.validateUnitString(code).status === 'valid') === true
}

/** What is no unit on its face is not asked of the library, which writes on the console what it cannot read. */
const isNoCode = (code: string): boolean => code.length > longest || !/^[\x21-\x7e]+$/.test(code)

function remembered<Value>(memory: Map<string, Value>, key: string, make: () => Value): Value | undefined {
  if (memory.has(key)) return memory.get(key)
  const made = make()
  if (memory.size >= mostRemembered) memory.clear()
  memory.set(key, made)
  return made
}

/** A ratio has nothing at nothing and twice as much at two. */
function conversionBy(convert: (value: number) => number | undefined): Conversion | undefined {
  const [none, one, two] = [convert(0), convert(1), convert(2)]
  if (one === undefined || two === undefined) return undefined
  return none === 0 && rounded(one * 2) === two ? { factor: one } : { special: convert }
}

/** More pH is less of its base unit: such a scale is put in order by its own numbers. */
function rising(conversion: Conversion | undefined): Conversion | undefined {
  const [one, two] = [applied(conversion, 1), applied(conversion, 2)]
  return one !== undefined && two !== undefined && two > one ? conversion : undefined
}

function applied(conversion: Conversion | undefined, value: number): number | undefined {
  if (conversion === undefined) return undefined
  return 'factor' in conversion ? rounded(value * conversion.factor) : conversion.special(value)
}

/** To twelve digits: more than anyone measures, fewer than binary fractions blur (5400 ug are 5.4 mg, not 5.400…01). */
function rounded(value: number): number {
  return Number(value.toPrecision(12))
}
