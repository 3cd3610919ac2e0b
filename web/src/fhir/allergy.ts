import type { FhirRecord } from '@chartkeep/model/office'
import { at, codeOf, codeText, displayOf, list, notesOf, present, text } from './read.ts'

export interface Allergy {
  readonly id: string
  readonly substance: string
  /** "No known allergies" is a record too, and not a substance. */
  readonly noneKnown: boolean
  readonly reactions: readonly { readonly text: string; readonly severity?: string }[]
  /** Life-threatening: criticality high, or a severe reaction. */
  readonly severe: boolean
  readonly criticality?: string
  readonly kind?: string
  readonly categories: readonly string[]
  readonly clinical: string
  readonly active: boolean
  readonly doubt?: string
  readonly onset?: string
  readonly recorded?: string
  readonly recorder?: string
  readonly note?: string
}

// SNOMED CT: no known allergy, …drug, …environmental, …food.
const noneKnown = new Set(['716186003', '409137002', '428607008', '429625007'])

/** SNOMED CT names the finding (`Allergy to peanut`); in a list of allergies only the substance tells. */
export function substanceWords(name: string): string {
  const bare = name.replace(/^allergy to (?=\S)/i, '')
  return bare.charAt(0).toUpperCase() + bare.slice(1)
}

/** undefined when it was entered in error. */
export function readAllergy(record: FhirRecord): Allergy | undefined {
  const verification = codeOf(at(record, 'verificationStatus'))
  if (verification === 'entered-in-error') return undefined
  const clinical = codeOf(at(record, 'clinicalStatus')) ?? 'active'
  const reactions = list(record, 'reaction').flatMap((reaction) => {
    const words = list(reaction, 'manifestation').flatMap((manifestation) => codeText(manifestation) ?? [])
    const said = words.length > 0 ? words.join(', ') : text(reaction, 'description')
    return said === undefined ? [] : [{ text: said, ...present({ severity: text(reaction, 'severity') }) }]
  })
  const criticality = text(record, 'criticality')
  const substance = at(record, 'code') ?? at(record, 'reaction', 0, 'substance')
  return {
    id: record.id,
    substance: substanceWords(codeText(substance) ?? 'Unnamed substance'),
    noneKnown: noneKnown.has(codeOf(substance) ?? ''),
    reactions,
    severe: criticality === 'high' || reactions.some((reaction) => reaction.severity === 'severe'),
    categories: list(record, 'category').filter((category) => typeof category === 'string'),
    clinical,
    active: clinical === 'active',
    ...present({
      criticality,
      kind: text(record, 'type'),
      doubt: verification === 'confirmed' ? undefined : verification,
      onset: text(record, 'onsetDateTime') ?? text(record, 'onsetString'),
      recorded: text(record, 'recordedDate'),
      recorder: displayOf(at(record, 'recorder')) ?? displayOf(at(record, 'asserter')),
      note: notesOf(record),
    }),
  }
}
