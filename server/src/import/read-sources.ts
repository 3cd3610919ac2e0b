// All that can be done about an import without the store: files read twice, records judged, named, and their references
// mapped. It yields what there is to store, in the order in which that can be done.
import type { KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { namedPatients, validate } from '@chartkeep/model/fhir'
import { claimErrors } from '@chartkeep/model/profiles'
import { type Entry, readEntry } from './entry.ts'
import { belongingOf, type Home } from './home.ts'
import { namesOf, openKeys } from './identity.ts'
import type { Admitted, Belonging, Reading, Rejected } from './item.ts'
import type { Piece, ReadPiece } from './piece.ts'
import { planSteps, type Step } from './plan.ts'
import { type Form, readSource } from './read-file.ts'
import { describe } from './reasons.ts'
import { Resolver } from './resolver.ts'
import type { RecordNumber } from './source-index.ts'
import { type Survey, type SurveyedFile, survey } from './survey.ts'

export interface Sourcing {
  readonly paths: readonly string[]
  /** The keyring's 'import-ids' key. */
  readonly idKey: KeyObject
  readonly source: string
}

export async function* readSources({ paths, idKey, source }: Sourcing): AsyncGenerator<Reading> {
  const surveyed = yield* survey(paths, openKeys(idKey, source))
  const phases = planSteps(surveyed.files)
  yield { kind: 'planned', files: phases.flat().length }
  const admission = new Admission(surveyed)
  for (const phase of phases) {
    for (const step of phase) yield* readStep(step, admission)
    yield { kind: 'phase' }
  }
}

async function* readStep({ file, selection }: Step, admission: Admission): AsyncGenerator<Reading> {
  let passed = 0
  const onBytes = (count: number): void => void (passed += count)
  for await (const { form, pieces } of readSource(file.path, onBytes)) {
    const bytes = passed
    passed = 0
    yield {
      kind: 'items',
      bytes,
      items: pieces.flatMap((piece) => admission.judge(file, piece, form, selection) ?? []),
    }
  }
}

/** What is found wrong with a record, and otherwise what it is to be here. */
class Admission {
  readonly #survey: Survey
  readonly #resolver: Resolver

  constructor(surveyed: Survey) {
    this.#survey = surveyed
    this.#resolver = new Resolver(surveyed)
  }

  /** Undefined for what this reading of the file leaves out. */
  judge(file: SurveyedFile, piece: Piece, form: Form, selection: Step['selection']): Admitted | Rejected | undefined {
    const entry = 'bytes' in piece ? readEntry(piece.bytes, form) : piece.reason
    const isPatient = typeof entry !== 'string' && entry.resource.resourceType === 'Patient'
    // Of a file that is read twice, each piece counts once: what is no patient with the others.
    if (selection !== 'all' && isPatient !== (selection === 'patients')) return undefined
    const reject = (reason: string): Rejected => ({
      kind: 'rejected',
      file: file.number,
      position: piece.position,
      reason,
    })
    if (typeof entry === 'string') return reject(describe(entry))
    return 'bytes' in piece ? this.#admit(file.number, piece, entry, reject) : undefined
  }

  #admit(
    file: number,
    { position, bytes }: ReadPiece,
    entry: Entry,
    reject: (reason: string) => Rejected,
  ): Admitted | Rejected {
    const { resource, ifNoneExist } = entry
    const { index } = this.#survey
    const findings = validate(resource)
    if (findings.length > 0) return reject(describe('invalid', findings))
    const unmet = claimErrors(resource)
    if (unmet.length > 0) return reject(describe('profile-not-met', unmet))
    const record = this.#recordOf(entry, bytes)
    if (record === undefined) return reject(describe('identity-repeated'))
    const repeated = !index.isFirst(record, file, position)
    if (repeated && index.printOf(record) !== crc32(bytes)) return reject(describe('identity-repeated'))
    const type = resource.resourceType
    const found = type === 'Patient' ? 'practice' : belongingOf(namedPatients(resource), this.#survey)
    if (found === 'missing') return reject(describe('patient-missing'))
    const home = typeof found === 'string' ? undefined : found
    const { dangling, open } = this.#resolver.rewrite(resource, home)
    const belonging = found === 'unclear' ? index.keyOf(record) : belongingTo(home)
    return {
      ...{
        kind: 'admitted',
        file,
        position,
        type,
        record,
        repeated,
        belonging,
        ifNoneExist,
        dangling,
        open: [...open],
      },
      ...{ id: found === 'unclear' ? undefined : this.#idOf(record, home), content: { resource }, size: bytes.length },
    }
  }

  /** Undefined when its name is another record's. */
  #recordOf({ fullUrl, resource }: Entry, bytes: Buffer): RecordNumber | undefined {
    const { index, keyOf } = this.#survey
    const record = index.find(keyOf(namesOf({ fullUrl, resource, bytes })[0]))
    return record !== undefined && index.typeOf(record) === resource.resourceType ? record : undefined
  }

  #idOf(record: RecordNumber, home: Home | undefined): Admitted['id'] {
    const bucket = home?.bucket ?? this.#survey.index.bucketOf(record)
    return bucket === undefined ? undefined : this.#survey.index.idOf(record, bucket)
  }
}

function belongingTo(home: Home | undefined): Belonging {
  return home === undefined ? 'practice' : { patient: home.id, record: home.record }
}
