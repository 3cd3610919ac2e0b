import type { FhirRecord } from '@chartkeep/model/office'
import { quantityText } from './quantity.ts'
import { at, codeKey, codeText, displayOf, instantOf, list, notesOf, number, present, text } from './read.ts'

export interface Dose {
  readonly id: string
  readonly key: string
  readonly vaccine: string
  /** completed, or not-done with its reason. */
  readonly given: boolean
  readonly reason?: string
  readonly when?: string
  readonly number?: string
  readonly amount?: string
  readonly site?: string
  readonly lot?: string
  readonly expires?: string
  readonly maker?: string
  readonly performer?: string
  readonly reported: boolean
  readonly note?: string
}

export function readDose(record: FhirRecord): Dose | undefined {
  const status = text(record, 'status')
  if (status === 'entered-in-error') return undefined
  const concept = at(record, 'vaccineCode')
  const protocol = at(record, 'protocolApplied', 0)
  const place = number(protocol, 'doseNumberPositiveInt')
  return {
    id: record.id,
    key: codeKey(concept),
    vaccine: codeText(concept) ?? 'Unnamed vaccine',
    given: status !== 'not-done',
    reported: at(record, 'primarySource') === false,
    ...present({
      reason: codeText(at(record, 'statusReason')),
      when: text(record, 'occurrenceDateTime') ?? text(record, 'occurrenceString'),
      number: place === undefined ? text(protocol, 'doseNumberString') : String(place),
      amount: quantityText(at(record, 'doseQuantity')),
      site:
        [codeText(at(record, 'site')), codeText(at(record, 'route'))].filter((part) => part !== undefined).join(', ') ||
        undefined,
      lot: text(record, 'lotNumber'),
      expires: text(record, 'expirationDate'),
      maker: displayOf(at(record, 'manufacturer')),
      performer: list(record, 'performer')
        .map((one) => displayOf(at(one, 'actor')))
        .find((name) => name !== undefined),
      note: notesOf(record),
    }),
  }
}

/** Doses of the same vaccine together, oldest first within, vaccines by name. */
export function byVaccine(
  doses: readonly Dose[],
): readonly { readonly vaccine: string; readonly doses: readonly Dose[] }[] {
  const groups = Map.groupBy(doses, (dose) => dose.key)
  return [...groups.values()]
    .map((group) => ({
      vaccine: group[0]?.vaccine ?? '',
      doses: group.toSorted((a, b) => instantOf(a.when) - instantOf(b.when)),
    }))
    .toSorted((a, b) => a.vaccine.localeCompare(b.vaccine))
}
