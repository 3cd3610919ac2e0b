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
  'not-added': 'The entry asks for something other than to add or replace a record; an import does nothing else.',
  deletion: 'The entry asks to delete a record; an import deletes nothing. Where the record is here, it stays.',
  'request-contradicts': "The entry's request names another record, or another type, than its resource.",
  'condition-empty': "The condition in the entry's request names no criterion: every record would meet it.",
  'type-unknown': 'The resource names no R4 resource type.',
  'id-no-text': "The resource's id is not a text.",
  'meta-no-object': "The resource's meta is not an object.",
  'type-not-kept': 'Records of this type are not imported.',
  'identity-repeated':
    'Another record of this import, of another type or from another server, has the same identity. Import each server under a --source of its own; name the addresses of one and the same server with --base.',
  'another-person':
    'Another Patient has the same identity, and is another person: no birth date, family name or identifier agrees. Import each system under a --source of its own.',
  'older-copy':
    'This import has another copy of the record with other content, and took that one: it is newer by meta.lastUpdated, or was read later.',
  'older-state': 'The record here is of a newer state of the source (meta.lastUpdated), and was kept.',
  'changed-here': 'The record was changed here since it was imported, and was kept.',
  'deleted-here': 'The record was deleted here since it was imported, and was left so.',
  moved:
    'The record is here in the chart of another patient than the source names now, and was kept there. If the source is right, delete it here, and import it again.',
  'signed-here': 'The record here is signed; it was kept.',
  'patient-missing':
    'The patient whom the record is about is neither in this import nor in the store, or was rejected.',
  'patient-refused': 'Because its Patient was rejected, for the reason given there, this record was too.',
  'match-appeared':
    'While this ran, a record came into the store that meets the condition under which this one is added. Run it again.',
  'several-match': 'More than one record matches the condition under which this one is added or replaced.',
  'reference-ambiguous': 'A reference leads to more than one record of this import.',
  'patient-unclear': 'No patient, or more than one, matches where the record says whom it is about.',
  invalid: 'The resource does not follow its R4 definition.',
  'profile-not-met': 'The resource does not follow a profile that it claims.',
  'not-stored': 'The store declined the record.',
} as const satisfies Record<string, string>

export type ReasonCode = keyof typeof reasons

/** The record is in the store, in another state than this copy of it. */
export const keptHere: ReadonlySet<ReasonCode> = new Set(['older-state', 'changed-here', 'moved', 'signed-here'])

/** Two states of one record, and this one was not taken. */
export const contradictory: ReadonlySet<ReasonCode> = new Set([
  ...keptHere,
  'deleted-here',
  'another-person',
  'older-copy',
  'identity-repeated',
])

/** Where and what, without values: `Observation.status: …`. Past the fifth, only how many more. */
export function describe(code: ReasonCode, findings: readonly Finding[] = []): string {
  if (findings.length === 0) return reasons[code]
  const shown = findings.slice(0, 5).map(({ expression, text }) => `${expression}: ${text}`)
  const more = findings.length > 5 ? [`and ${findings.length - 5} more`] : []
  return `${reasons[code]} ${[...shown, ...more].join('; ')}`
}
