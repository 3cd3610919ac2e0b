import type { FhirRecord } from '@chartkeep/model/office'
import { quantityText } from './quantity.ts'
import { at, codeKey, codeText, displayOf, list, notesOf, number, present, text, withoutTag } from './read.ts'

export interface Medication {
  readonly id: string
  /** The same for the same medicine. */
  readonly key: string
  readonly name: string
  readonly dose?: string
  readonly status: string
  readonly current: boolean
  readonly asNeeded: boolean
  readonly started?: string
  readonly ended?: string
  readonly prescriber?: string
  readonly reason?: string
  readonly refills?: number
  /** order, plan, or what the patient says (MedicationStatement). */
  readonly source: 'ordered' | 'planned' | 'reported'
  readonly note?: string
}

/** MedicationRequest or MedicationStatement; undefined when entered in error. */
export function readMedication(record: FhirRecord): Medication | undefined {
  const status = text(record, 'status') ?? 'unknown'
  if (status === 'entered-in-error') return undefined
  const reported = record.resourceType === 'MedicationStatement'
  const intent = text(record, 'intent')
  const concept = medicationConcept(record)
  const name = codeText(concept) ?? displayOf(at(record, 'medicationReference'))
  const dosages = list(record, reported ? 'dosage' : 'dosageInstruction')
  const doses = dosages.map(dosageText).filter((dose) => dose !== '')
  return {
    id: record.id,
    key: concept === undefined ? (name ?? record.id) : codeKey(concept),
    name: name ?? 'Medicine without a name',
    status,
    current: status === 'active' || status === 'on-hold' || status === 'intended' || status === 'draft',
    asNeeded: dosages.some(
      (dosage) => at(dosage, 'asNeededBoolean') === true || at(dosage, 'asNeededCodeableConcept') !== undefined,
    ),
    source: reported ? 'reported' : intent === 'plan' || intent === 'proposal' ? 'planned' : 'ordered',
    ...present({
      dose: doses.length === 0 ? undefined : doses.join('; then '),
      started:
        text(record, 'authoredOn') ??
        text(record, 'effectivePeriod', 'start') ??
        text(record, 'effectiveDateTime') ??
        text(record, 'dateAsserted'),
      ended: text(record, 'effectivePeriod', 'end') ?? text(record, 'dispenseRequest', 'validityPeriod', 'end'),
      prescriber: displayOf(at(record, 'requester')) ?? displayOf(at(record, 'informationSource')),
      reason:
        list(record, 'reasonCode')
          .map(codeText)
          .find((word) => word !== undefined) ??
        list(record, 'reasonReference')
          .map(displayOf)
          .find((word) => word !== undefined),
      refills: number(record, 'dispenseRequest', 'numberOfRepeatsAllowed'),
      note: notesOf(record),
    }),
  }
}

/** The coded medicine itself, or that of the contained Medication it points to. */
function medicationConcept(record: FhirRecord): unknown {
  const own = at(record, 'medicationCodeableConcept')
  if (own !== undefined) return own
  const reference = text(record, 'medicationReference', 'reference') ?? ''
  const contained = list(record, 'contained').find((inner) => `#${text(inner, 'id') ?? ''}` === reference)
  return at(contained, 'code')
}

const periods: Record<string, string> = {
  s: 'second',
  min: 'minute',
  h: 'hour',
  d: 'day',
  wk: 'week',
  mo: 'month',
  a: 'year',
}

/** The prescriber's own words where there are any; otherwise put together from the parts. */
export function dosageText(dosage: unknown): string {
  const own = text(dosage, 'text') ?? text(dosage, 'patientInstruction')
  if (own !== undefined) return withoutTag(own)
  const dose = quantityText(at(dosage, 'doseAndRate', 0, 'doseQuantity'))
  const low = quantityText(at(dosage, 'doseAndRate', 0, 'doseRange', 'low'))
  const high = quantityText(at(dosage, 'doseAndRate', 0, 'doseRange', 'high'))
  const parts = [
    dose ?? (low !== undefined && high !== undefined ? `${low} to ${high}` : (low ?? high)),
    codeText(at(dosage, 'route')),
    timingText(at(dosage, 'timing')),
    at(dosage, 'asNeededBoolean') === true ? 'as needed' : asNeededFor(dosage),
    ...list(dosage, 'additionalInstruction').map(codeText),
  ]
  return parts.filter((part) => part !== undefined && part !== '').join(', ')
}

function asNeededFor(dosage: unknown): string | undefined {
  const reason = codeText(at(dosage, 'asNeededCodeableConcept'))
  return reason === undefined ? undefined : `as needed for ${reason}`
}

function timingText(timing: unknown): string | undefined {
  const own = codeText(at(timing, 'code'))
  if (own !== undefined) return own
  const frequency = number(timing, 'repeat', 'frequency')
  const period = number(timing, 'repeat', 'period')
  const unit = periods[text(timing, 'repeat', 'periodUnit') ?? '']
  if (frequency === undefined || period === undefined || unit === undefined) return undefined
  const often = frequency === 1 ? 'once' : frequency === 2 ? 'twice' : `${frequency} times`
  return period === 1 ? `${often} a ${unit}` : `${often} every ${period} ${unit}s`
}
