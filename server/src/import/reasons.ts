import type { Finding } from '@chartkeep/model/fhir'

/** Why something that was read is not in the store. Fixed words: a report is mailed about, so nothing in it is PHI. */
export const reasons = {
  'cut-short': 'The file ends in the middle; what followed was not read.',
  'compression-damaged': 'The compressed file is damaged; what followed was not read.',
  'expands-too-far': 'The compressed file expands too far to be records; what followed was not read.',
  unreadable: 'The file could not be read to its end; what followed was not read.',
  empty: 'The file is empty.',
  'not-json': 'Not well-formed JSON in UTF-8.',
  'too-deep': 'The JSON is nested too deeply.',
  'duplicate-key': 'One JSON object names the same property twice.',
  'too-large': 'Larger than one record may be.',
  malformed: 'From here on the file is not well-formed JSON; what followed was not read.',
  'no-resource': 'The entry holds no resource.',
  'not-added': 'The entry asks for a change other than to add or replace a record; an import only adds.',
  'type-unknown': 'The resource names no R4 resource type.',
  'type-not-kept': 'Records of this type are not imported.',
  'identity-repeated': 'Another record of this import has the same identity and other content.',
  'patient-missing':
    'The patient whom the record is about is neither in this import nor in the store, or was rejected.',
  'patient-known':
    'The condition under which the patient is added matches a patient who is in the store under another id.',
  'several-match': 'More than one record in the store matches the condition under which this one is added.',
  'patient-unclear': 'No patient, or more than one, matches where the record says whom it is about.',
  invalid: 'The resource does not follow its R4 definition.',
  'profile-not-met': 'The resource does not follow a profile that it claims.',
  'not-stored': 'The store declined the record.',
} as const satisfies Record<string, string>

export type ReasonCode = keyof typeof reasons

/** Where and what, without values: `Observation.status: …`. Past the fifth, only how many more. */
export function describe(code: ReasonCode, findings: readonly Finding[] = []): string {
  if (findings.length === 0) return reasons[code]
  const shown = findings.slice(0, 5).map(({ expression, text }) => `${expression}: ${text}`)
  const more = findings.length > 5 ? [`and ${findings.length - 5} more`] : []
  return `${reasons[code]} ${[...shown, ...more].join('; ')}`
}
