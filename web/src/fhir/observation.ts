import type { FhirRecord } from '@chartkeep/model/office'
import { type Flag, flagOfCodes, flagOfRange } from './flag.ts'
import { formatNumber, formatUnit, readQuantity } from './quantity.ts'
import { at, codeKey, codeOf, codeText, displayOf, list, notesOf, number, text } from './read.ts'
import { fullName } from './test-name.ts'

export interface Range {
  readonly low?: number
  readonly high?: number
  readonly text: string
}

/** One value of one test at one time: an Observation, or one component of it. */
export interface Result {
  readonly id: string
  /** The same for the same test, whatever it is called. */
  readonly test: string
  readonly loinc?: string
  readonly name: string
  /** When it was so: effective, else issued. Empty where nobody said. */
  readonly at: string
  /** What a plot can draw; absent for words. */
  readonly value?: number
  /** The value as shown, without the unit. */
  readonly shown: string
  readonly unit: string
  readonly range?: Range
  readonly flag?: Flag
  /** preliminary, corrected…; absent when final. */
  readonly status?: string
  readonly note?: string
  readonly performer?: string
}

const loincSystem = 'http://loinc.org'

/** An Observation as rows: one for its own value and one for each component (blood pressure, panels). */
export function readResults(record: FhirRecord): readonly Result[] {
  const status = text(record, 'status') ?? ''
  if (status === 'entered-in-error' || status === 'cancelled') return []
  const when =
    text(record, 'effectiveDateTime') ??
    text(record, 'effectivePeriod', 'start') ??
    text(record, 'effectiveInstant') ??
    text(record, 'issued')
  const performer = list(record, 'performer')
    .map(displayOf)
    .find((name) => name !== undefined)
  const note = notesOf(record)
  const shared = {
    at: when ?? '',
    ...(status === 'final' || status === '' ? {} : { status }),
    ...(note === undefined ? {} : { note }),
    ...(performer === undefined ? {} : { performer }),
  }
  const components = list(record, 'component').flatMap(
    (component, place) => readOne(component, `${record.id}.${place}`, shared) ?? [],
  )
  const own = readOne(record, record.id, shared)
  // A panel without a value of its own is only its components.
  return own === undefined ? components : [own, ...components]
}

function readOne(source: unknown, id: string, shared: Pick<Result, 'at' | 'status' | 'note'>): Result | undefined {
  const value = readValue(source)
  if (value === undefined) return undefined
  const concept = at(source, 'code')
  const loinc = codeOf(concept, loincSystem)
  const range = readRange(source)
  const said = flagOfCodes(list(source, 'interpretation'))
  const flag =
    said === 'N' ? undefined : (said ?? (value.value === undefined ? undefined : flagOfRange(value.value, range)))
  return {
    id,
    test: codeKey(concept),
    name: fullName(codeText(concept) ?? 'Unnamed test'),
    ...value,
    ...shared,
    ...(loinc === undefined ? {} : { loinc }),
    ...(range === undefined ? {} : { range }),
    ...(flag === undefined ? {} : { flag }),
  }
}

function readValue(source: unknown): Pick<Result, 'value' | 'shown' | 'unit'> | undefined {
  const amount = readQuantity(at(source, 'valueQuantity'))
  if (amount !== undefined) {
    return { value: amount.value, shown: `${amount.comparator ?? ''}${formatNumber(amount.value)}`, unit: amount.unit }
  }
  const whole = number(source, 'valueInteger')
  if (whole !== undefined) return { value: whole, shown: formatNumber(whole), unit: '' }
  const flagged = at(source, 'valueBoolean')
  if (typeof flagged === 'boolean') return { shown: flagged ? 'Yes' : 'No', unit: '' }
  const low = readQuantity(at(source, 'valueRange', 'low'))
  const high = readQuantity(at(source, 'valueRange', 'high'))
  const words =
    codeText(at(source, 'valueCodeableConcept')) ??
    text(source, 'valueString') ??
    text(source, 'valueDateTime') ??
    text(source, 'valueTime') ??
    (low !== undefined || high !== undefined ? `${low?.value ?? ''}–${high?.value ?? ''}` : undefined) ??
    codeText(at(source, 'dataAbsentReason'))
  return words === undefined ? undefined : { shown: words, unit: formatUnit(low?.unit ?? high?.unit ?? '') }
}

function readRange(source: unknown): Range | undefined {
  for (const range of list(source, 'referenceRange')) {
    const type = codeOf(at(range, 'type'))
    if (type !== undefined && type !== 'normal') continue
    const low = number(range, 'low', 'value')
    const high = number(range, 'high', 'value')
    if (low === undefined && high === undefined) {
      const words = text(range, 'text')
      if (words !== undefined) return { text: words }
      continue
    }
    return {
      ...(low === undefined ? {} : { low }),
      ...(high === undefined ? {} : { high }),
      text: rangeText(low, high),
    }
  }
  return undefined
}

function rangeText(low: number | undefined, high: number | undefined): string {
  if (low === undefined) return high === undefined ? '' : `≤ ${formatNumber(high)}`
  return high === undefined ? `≥ ${formatNumber(low)}` : `${formatNumber(low)}–${formatNumber(high)}`
}
