import { number, text } from './read.ts'

/** A number as it is shown. Up to three decimals stand as recorded; longer tails are noise of a computation and are rounded. */
export function formatNumber(value: number): string {
  const written = String(value)
  const decimals = written.split('.')[1]?.length ?? 0
  if (written.includes('e')) return Number(value.toPrecision(4)).toString()
  if (decimals <= 3) return grouped(written)
  const size = Math.abs(value)
  return grouped(String(Number(value.toFixed(size >= 100 ? 1 : size >= 1 ? 2 : 3))))
}

/** Thousands apart, so that 150000 is not read as 15000. */
function grouped(written: string): string {
  const [whole = '', decimals] = written.split('.')
  const spaced = whole.replace('-', '').length > 4 ? whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',') : whole
  return decimals === undefined ? spaced : `${spaced}.${decimals}`
}

const unitWords: Record<string, string> = {
  '{score}': '',
  '1': '',
  '[degF]': '°F',
  Cel: '°C',
  '/min': '/min',
  '{beats}/min': '/min',
  '{breaths}/min': '/min',
  'mm[Hg]': 'mmHg',
  '[in_i]': 'in',
  '[lb_av]': 'lb',
  '10*3/uL': '10³/µL',
  '10*6/uL': '10⁶/µL',
  '10*9/L': '10⁹/L',
  '10*12/L': '10¹²/L',
  'mL/min/{1.73_m2}': 'mL/min/1.73 m²',
  'kg/m2': 'kg/m²',
  'ug/L': 'µg/L',
  'ug/dL': 'µg/dL',
}

/** A UCUM unit as people write it; annotations in braces are left out. */
export function formatUnit(unit: string): string {
  return (
    unitWords[unit] ??
    unit
      .replaceAll(/\{[^}]*\}/g, '')
      .replace(/^u(?=[gmLUMl])/, 'µ')
      .replace(/m2$/, 'm²')
  )
}

export interface Amount {
  readonly value: number
  readonly comparator?: string
  readonly unit: string
}

export function readQuantity(quantity: unknown): Amount | undefined {
  const value = number(quantity, 'value')
  if (value === undefined) return undefined
  const comparator = text(quantity, 'comparator')
  const unit = formatUnit(text(quantity, 'unit') ?? text(quantity, 'code') ?? '')
  return { value, unit, ...(comparator === undefined ? {} : { comparator }) }
}

/** `5 mg`, `<0.2 mg/L` */
function formatAmount(amount: Amount): string {
  const shown = `${amount.comparator ?? ''}${formatNumber(amount.value)}`
  return amount.unit === '' ? shown : amount.unit === '%' ? `${shown}%` : `${shown} ${amount.unit}`
}

export function quantityText(quantity: unknown): string | undefined {
  const amount = readQuantity(quantity)
  return amount === undefined ? undefined : formatAmount(amount)
}
