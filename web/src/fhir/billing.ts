import type { FhirRecord } from '@chartkeep/model/office'
import { at, codeText, displayOf, list, number, present, text } from './read.ts'

export interface Bill {
  readonly id: string
  readonly kind: 'Claim' | 'Benefit' | 'Invoice' | 'Charge'
  readonly status: string
  readonly use?: string
  readonly type?: string
  readonly created?: string
  readonly serviceStart?: string
  readonly provider?: string
  readonly insurer?: string
  /** Minor rounding is the payer's; the amount is shown as sent. */
  readonly total?: Money
  readonly paid?: Money
  readonly lines: readonly { readonly place: number; readonly what: string; readonly net?: Money }[]
}

export interface Money {
  readonly value: number
  readonly currency: string
}

export function readBill(record: FhirRecord): Bill | undefined {
  const status = text(record, 'status') ?? 'unknown'
  if (status === 'entered-in-error') return undefined
  return {
    id: record.id,
    kind: kindOf(record.resourceType),
    status,
    lines: list(record, record.resourceType === 'Invoice' ? 'lineItem' : 'item').map((line, index) => ({
      place: number(line, 'sequence') ?? index + 1,
      what: codeText(at(line, 'productOrService')) ?? codeText(at(line, 'chargeItemCodeableConcept')) ?? 'Unnamed line',
      ...present({
        net: readMoney(at(line, 'net')) ?? readMoney(at(line, 'priceComponent', 0, 'amount')) ?? submitted(line),
      }),
    })),
    ...present({
      use: text(record, 'use'),
      type: codeText(at(record, 'type')),
      created: text(record, 'created') ?? text(record, 'date') ?? text(record, 'enteredDate'),
      serviceStart: text(record, 'billablePeriod', 'start') ?? text(record, 'occurrenceDateTime'),
      provider: displayOf(at(record, 'provider')) ?? displayOf(at(record, 'issuer')),
      insurer: displayOf(at(record, 'insurer')) ?? displayOf(at(record, 'insurance', 0, 'coverage')),
      total:
        readMoney(at(record, 'total')) ??
        readMoney(at(record, 'total', 0, 'amount')) ??
        readMoney(at(record, 'totalNet')) ??
        readMoney(at(record, 'priceOverride')),
      paid: readMoney(at(record, 'payment', 'amount')),
    }),
  }
}

function submitted(line: unknown): Money | undefined {
  const [first] = list(line, 'adjudication')
  return readMoney(at(first, 'amount'))
}

function kindOf(type: string): Bill['kind'] {
  if (type === 'ExplanationOfBenefit') return 'Benefit'
  return type === 'Invoice' ? 'Invoice' : type === 'ChargeItem' ? 'Charge' : 'Claim'
}

function readMoney(money: unknown): Money | undefined {
  const value = number(money, 'value')
  return value === undefined ? undefined : { value, currency: text(money, 'currency') ?? '' }
}

/** `129.16 USD`: the currency stands with the amount, because a practice may bill in two. */
export function formatMoney(money: Money): string {
  const shown = money.value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return money.currency === '' ? shown : `${shown} ${money.currency}`
}

export interface CoverageLine {
  readonly id: string
  readonly status: string
  readonly payer: string
  readonly plan?: string
  readonly member?: string
  readonly relationship?: string
  readonly start?: string
  readonly end?: string
}

export function readCoverage(record: FhirRecord): CoverageLine | undefined {
  const status = text(record, 'status') ?? 'unknown'
  if (status === 'entered-in-error') return undefined
  return {
    id: record.id,
    status,
    payer:
      list(record, 'payor')
        .map(displayOf)
        .find((name) => name !== undefined) ?? 'Payer not named',
    ...present({
      plan: codeText(at(record, 'type')) ?? text(record, 'class', 0, 'name') ?? text(record, 'class', 0, 'value'),
      member: text(record, 'subscriberId') ?? text(record, 'identifier', 0, 'value'),
      relationship: codeText(at(record, 'relationship')),
      start: text(record, 'period', 'start'),
      end: text(record, 'period', 'end'),
    }),
  }
}
