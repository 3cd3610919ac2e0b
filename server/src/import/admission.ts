import { type Finding, namedPatients, referencesIn, type Resource } from '@chartkeep/model/fhir'
import type { CodeBook } from '@chartkeep/model/terminology'
import { doubtsOf } from './doubt.ts'
import { type Entry, readEntry } from './entry.ts'
import { belongingOf, type Home } from './home.ts'
import { kindsOf } from './kinds.ts'
import { mend } from './mend.ts'
import { namesOf, printOf, updatedOf } from './identity.ts'
import type { Admitted, Belonging, Rejected } from './item.ts'
import type { Piece, ReadPiece } from './piece.ts'
import type { Step } from './plan.ts'
import type { Form } from './read-file.ts'
import { describe, type ReasonCode } from './reasons.ts'
import { Resolver } from './resolver.ts'
import type { RecordNumber } from './source-index.ts'
import type { Survey, SurveyedFile } from './survey.ts'

type Reject = (code: ReasonCode, findings?: Parameters<typeof describe>[1]) => Rejected

/** What is found wrong with a record, and otherwise what it is to be here. */
export class Admission {
  readonly #survey: Survey
  readonly #resolver: Resolver
  readonly #accepted: ReadonlySet<string>
  readonly #codes: CodeBook

  /**
   * @param accepted paths of elements that a record is taken without when they are wrong
   * @param codes what codes and units are held against
   */
  constructor(surveyed: Survey, accepted: readonly string[], codes: CodeBook) {
    this.#accepted = new Set(accepted)
    this.#codes = codes
    this.#survey = surveyed
    this.#resolver = new Resolver(surveyed)
  }

  /** Undefined for what this reading of the file leaves out. */
  judge(file: SurveyedFile, piece: Piece, form: Form, selection: Step['selection']): Admitted | Rejected | undefined {
    const entry = 'bytes' in piece ? readEntry(piece.bytes, form) : piece.reason
    const isPatient = typeof entry !== 'string' && entry.resource.resourceType === 'Patient'
    // Of a file that is read twice, each piece counts once: what is no patient with the others.
    if (selection !== 'all' && isPatient !== (selection === 'patients')) return undefined
    const record = 'bytes' in piece && typeof entry !== 'string' ? this.#recordOf(entry, piece.bytes) : undefined
    const reject: Reject = (code, findings) => ({
      ...{ kind: 'rejected', file: file.number, position: piece.position, code, reason: describe(code, findings) },
      patient: isPatient && code !== 'older-copy' && code !== 'another-person' ? record : undefined,
      kinds: typeof entry === 'string' || findings === undefined ? [] : kindsOf(entry.resource, code, findings),
    })
    if (typeof entry === 'string') return reject(entry)
    if (!('bytes' in piece)) return undefined
    return record === undefined
      ? reject('identity-repeated')
      : this.#admit(file.number, piece, { entry, record }, reject)
  }

  #admit(
    file: number,
    { position, bytes }: ReadPiece,
    { entry, record }: { readonly entry: Entry; readonly record: RecordNumber },
    reject: Reject,
  ): Admitted | Rejected {
    const { resource, condition, fullUrl } = entry
    const { index, conditions, servers } = this.#survey
    const type = resource.resourceType
    if (conditions.isSeveral(record)) return reject('several-match')
    const repeated = !index.isNewest(record, file, position)
    if (repeated && condition?.kind !== 'create' && index.printOf(record) !== printOf(resource))
      return reject(type === 'Patient' && index.isContested(record) ? 'another-person' : 'older-copy')
    const { invalid, unmet, leftOut } = mend(resource, this.#accepted)
    if (invalid.length > 0) return reject('invalid', invalid)
    if (unmet.length > 0) return reject('profile-not-met', unmet)
    const doubtful = doubtsOf(resource, this.#codes)
    const server = servers.note(fullUrl)
    const found = type === 'Patient' ? 'practice' : belongingOf(namedPatients(resource), this.#survey, server)
    if (found === 'missing') return reject('patient-missing')
    if (found === 'ambiguous') return reject('patient-unclear')
    const home = typeof found === 'string' ? undefined : found
    const updated = updatedOf(resource)
    const { dangling, loose, open, vague, ambiguous } = this.#resolver.rewrite(resource, home, server)
    if (ambiguous.size > 0) return reject('reference-ambiguous', placesOf(resource, ambiguous))
    return {
      ...{ kind: 'admitted', file, position, type, record, repeated, condition, updated, dangling },
      ...{ leftOut, doubtful },
      ...{ open: [...open], vague: [...vague], loose: [...loose], content: { resource }, size: bytes.length },
      ...{ belonging: found === 'unclear' ? index.keyOf(record) : belongingTo(home) },
      ...{ id: found === 'unclear' ? index.pinnedTo(record) : this.#idOf(record, home) },
      ...{ pinned: index.pinnedTo(record) !== undefined },
    }
  }

  /** Undefined when its name is that of a record of another type or server. */
  #recordOf({ fullUrl, resource, id, condition }: Entry, bytes: Buffer): RecordNumber | undefined {
    const { index, keyOf, servers, conditions } = this.#survey
    const type = resource.resourceType
    const record =
      (condition === undefined ? undefined : conditions.find(type, condition)) ??
      index.own(keyOf(namesOf({ fullUrl, resource, id, bytes })[0]))
    if (record === undefined || index.typeOf(record) !== type) return undefined
    const [server, exporter] = [servers.note(fullUrl), index.serverOf(record)]
    const elsewhere = server !== 0 && exporter !== 0 && server !== exporter
    return elsewhere ? undefined : record
  }

  #idOf(record: RecordNumber, home: Home | undefined): Admitted['id'] {
    const { index } = this.#survey
    const bucket = home?.bucket ?? index.bucketOf(record)
    return bucket === undefined ? undefined : index.idOf(record, bucket)
  }
}

function belongingTo(home: Home | undefined): Belonging {
  return home === undefined ? 'practice' : { patient: home.id, record: home.record }
}

/** The elements that hold these references: what is ambiguous was left as it was. */
function placesOf(resource: Resource, texts: ReadonlySet<string>): Finding[] {
  return referencesIn(resource)
    .filter(({ reference }) => texts.has(reference.reference))
    .map(({ path }) => ({ expression: path, issue: 'multiple-matches', text: 'more than one record has this name' }))
}
