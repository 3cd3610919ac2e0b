import type { FhirRecord } from '@chartkeep/model/office'
import { at, codeText, displayOf, list, present, text } from './read.ts'

/** An Encounter, or a Procedure as one line beside it. */
export interface Visit {
  readonly id: string
  readonly kind: 'visit' | 'procedure'
  readonly what: string
  readonly status: string
  readonly start?: string
  readonly end?: string
  readonly reason?: string
  readonly who?: string
  readonly where?: string
  readonly setting?: string
}

const settings: Record<string, string> = {
  AMB: 'Outpatient',
  EMER: 'Emergency',
  IMP: 'Inpatient',
  ACUTE: 'Inpatient',
  NONAC: 'Inpatient',
  OBSENC: 'Observation',
  HH: 'Home',
  VR: 'Virtual',
  SS: 'Short stay',
}

export function readVisit(record: FhirRecord): Visit | undefined {
  const status = text(record, 'status') ?? 'unknown'
  if (status === 'entered-in-error') return undefined
  const reason =
    list(record, 'reasonCode')
      .map(codeText)
      .find((word) => word !== undefined) ??
    list(record, 'reasonReference')
      .map(displayOf)
      .find((word) => word !== undefined)
  if (record.resourceType === 'Procedure') {
    return {
      id: record.id,
      kind: 'procedure',
      what: codeText(at(record, 'code')) ?? 'Unnamed procedure',
      status,
      ...present({
        start:
          text(record, 'performedDateTime') ??
          text(record, 'performedPeriod', 'start') ??
          text(record, 'performedString'),
        end: text(record, 'performedPeriod', 'end'),
        reason,
        who: list(record, 'performer')
          .map((one) => displayOf(at(one, 'actor')))
          .find((name) => name !== undefined),
        where: displayOf(at(record, 'location')),
      }),
    }
  }
  return {
    id: record.id,
    kind: 'visit',
    what:
      list(record, 'type')
        .map(codeText)
        .find((word) => word !== undefined) ??
      text(record, 'class', 'display') ??
      'Visit',
    status,
    ...present({
      start: text(record, 'period', 'start'),
      end: text(record, 'period', 'end'),
      reason,
      who: list(record, 'participant')
        .map((one) => displayOf(at(one, 'individual')))
        .find((name) => name !== undefined),
      where:
        list(record, 'location')
          .map((one) => displayOf(at(one, 'location')))
          .find((name) => name !== undefined) ?? displayOf(at(record, 'serviceProvider')),
      setting: settings[text(record, 'class', 'code') ?? ''],
    }),
  }
}
