import type { Resource } from '@chartkeep/model/fhir'
import type { AllergyStatus } from '@chartkeep/model/office'
import type { Id } from '#base'
import type { Exchange } from '#http'
import { decide, grantFor } from '#policy'
import { parseStored } from '#records'
import { codesIn, firstWords, objects, present, wordsOf } from './elements.ts'
import type { OfficeParts } from './parts.ts'
import { reasonOf } from './reason.ts'

/** "None known" is a record that says so (SNOMED CT); without any record nobody has asked. */
const noneKnown = new Set(['716186003', '409137002', '428607008', '429625007', '1003774007', 'no-known-allergies'])
const over = new Set(['inactive', 'resolved', 'entered-in-error', 'refuted'])
const mostAllergies = 500

/** What is known of a patient's allergies, the severe ones first; with the reason for those who may not see it. */
export async function allergiesOf(
  { records }: OfficeParts,
  exchange: Exchange,
  patient: Id<'patient'>,
): Promise<AllergyStatus> {
  const { actor, purpose } = exchange
  const type = 'AllergyIntolerance'
  const decision = decide({ actor, action: 'search', type, purpose })
  if (!decision.allow) return { status: 'not-shown', reason: reasonOf(decision, exchange) }
  const asked = { patient, types: [type], count: mostAllergies } as const
  const found = await records.chart([grantFor(exchange, 'search', type)], asked, exchange.request)
  const current = found.records.map(({ json }) => parseStored(json)).filter(isCurrent)
  const known = current.filter(({ code }) => !codesIn(code).some((one) => noneKnown.has(one)))
  if (known.length === 0) return { status: current.length === 0 ? 'not-asked' : 'none-known' }
  return { status: 'known', allergies: known.map(allergyOf).toSorted((a, b) => Number(b.severe) - Number(a.severe)) }
}

function isCurrent({ clinicalStatus, verificationStatus }: Resource): boolean {
  return ![...codesIn(clinicalStatus), ...codesIn(verificationStatus)].some((code) => over.has(code))
}

function allergyOf({ code, criticality, reaction: reactions }: Resource) {
  const reaction = objects(reactions)
    .map(({ manifestation }) => firstWords(manifestation))
    .find((words) => words !== undefined)
  return {
    text: wordsOf(code) ?? 'Allergy without a name',
    severe: criticality === 'high' || objects(reactions).some(({ severity }) => severity === 'severe'),
    ...present({ reaction }),
  }
}
