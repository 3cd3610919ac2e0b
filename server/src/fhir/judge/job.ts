import { formatJson, isObject, JsonFault, type JsonFaultCode, parseJson, type Resource } from '@chartkeep/model/fhir'
import { type Finding, Refusal, type RefusalCode } from '#base'
import { readFhirpathPatch } from '../patch/fhirpath-patch.ts'
import { readJsonPatch } from '../patch/json-patch.ts'
import { asResource } from '../resource-body.ts'
import { findingsOf } from './findings.ts'

/** What is judged beside the thread that serves. Resources travel as JSON text, with the digits that were written. */
export type Job =
  /** A resource is to be valid; `sent`: the text is a body that nobody has read yet. */
  | { readonly kind: 'resource'; readonly text: Uint8Array; readonly sent: boolean }
  /** The resources in the entries of a Bundle, a body that nobody has read yet, are to be valid, each for itself. */
  | { readonly kind: 'entries'; readonly text: Uint8Array; readonly sent: true }
  /** A patch is applied, and what comes of it is to be valid. */
  | {
      readonly kind: 'patch'
      readonly text: Uint8Array
      readonly form: 'json' | 'fhirpath'
      readonly patch: Uint8Array
    }
  /** Everything that is wrong with a resource, also by a profile. */
  | { readonly kind: 'findings'; readonly text: Uint8Array; readonly profile: string | undefined }

export interface Refused {
  readonly code: RefusalCode
  readonly findings: readonly Finding[]
}

export interface Judgement {
  readonly refused?: Refused
  /** What was sent is no JSON that is taken. */
  readonly unreadable?: { readonly code: JsonFaultCode; readonly position: number }
  /** Of 'entries': why each that was refused was, by its place. */
  readonly entries?: ReadonlyMap<number, Refused>
  /** Of 'patch': the resource as it is to be. */
  readonly made?: Uint8Array
  /** Of 'findings'. */
  readonly findings?: readonly Finding[]
}

// Of what was stored or taken before: its size is not in question here.
const taken = { bytes: 64 * 1024 * 1024, nodes: 10_000_000 }

export async function carryOut(job: Job): Promise<Judgement> {
  try {
    const value = parseJson(job.text, 'sent' in job && job.sent ? undefined : taken)
    switch (job.kind) {
      case 'resource':
        asResource(value)
        return {}
      case 'entries':
        return { entries: refusedEntries(value) }
      case 'patch': {
        const patch = parseJson(job.patch, taken)
        const apply = job.form === 'json' ? readJsonPatch(patch) : readFhirpathPatch(patch)
        // oxlint-disable-next-line no-unsafe-type-assertion -- the text of a stored resource
        const made = asResource(await apply(value as Resource))
        return { made: Buffer.from(formatJson(made)) }
      }
      case 'findings':
        return { findings: await findingsOf(value, job.profile) }
    }
  } catch (error) {
    if (error instanceof JsonFault) return { unreadable: { code: error.code, position: error.position } }
    return { refused: refusedBy(error) }
  }
}

function refusedEntries(bundle: unknown): Map<number, Refused> {
  const refused = new Map<number, Refused>()
  const entries: unknown[] = isObject(bundle) && Array.isArray(bundle['entry']) ? bundle['entry'] : []
  for (const [at, entry] of entries.entries()) {
    if (!isObject(entry) || entry['resource'] === undefined) continue
    try {
      asResource(entry['resource'])
    } catch (error) {
      refused.set(at, refusedBy(error))
    }
  }
  return refused
}

function refusedBy(error: unknown): Refused {
  if (!(error instanceof Refusal)) throw error
  return { code: error.code, findings: error.findings }
}
