import { readReference, referencesIn, type Resource } from '@chartkeep/model/fhir'
import { bucketOf, type Id, parseId } from '#base'
import type { Stored } from '#records'
import type { Answers } from '../answers.ts'
import { patientIn, resourceOf } from '../content.ts'
import { idOf } from '../identity.ts'
import type { Admitted, Rejected } from '../item.ts'
import type { ImportStore } from '../store.ts'
import { differencesOf } from './differences.ts'
import type { VerifyTally } from './verify-tally.ts'

const chunkRecords = 250

interface ComparerParts {
  readonly store: Pick<ImportStore, 'stored' | 'existing'>
  readonly answers: Answers
  readonly tally: VerifyTally
}

/** A record of the source as it should be here. */
interface Expected {
  readonly item: Admitted
  readonly resource: Resource
  id: Id<string> | undefined
  dangling: number
}

/** Compares what was read with what is here, some records at a time. */
export class Comparer {
  readonly #parts: ComparerParts
  #chunk: Admitted[] = []

  constructor(parts: ComparerParts) {
    this.#parts = parts
  }

  async take(item: Admitted | Rejected): Promise<void> {
    this.#parts.tally.read++
    if (item.kind === 'rejected') return this.#parts.tally.differ(item, [{ kind: 'not-taken', reason: item.reason }])
    this.#chunk.push(item)
    if (this.#chunk.length >= chunkRecords) await this.settle()
  }

  /** Resolves when everything taken so far is compared. */
  async settle(): Promise<void> {
    const chunk = this.#chunk
    this.#chunk = []
    if (chunk.length === 0) return
    const { store, answers, tally } = this.#parts
    const expected = chunk.map((item): Expected => {
      return { item, resource: resourceOf(item), id: item.id, dangling: 0 }
    })
    await answers.putIn(expected)
    for (const one of expected) {
      one.id ??= idOfUnclear(one)
      // Conditions that no one record meets: what they say is kept, and leads nowhere.
      tally.references += one.dangling
      tally.dangling += one.dangling
    }
    const ids = [...new Set(expected.flatMap(({ id }) => id ?? []))]
    const stored = await store.stored(new Set(chunk.map(({ type }) => type)), ids)
    const targets = new Set(expected.flatMap(({ resource }) => targetsIn(resource).map(({ id }) => id)))
    const here = await store.existing(
      'Patient',
      [...targets, ...ids].filter((id) => !stored.has(id)),
    )
    for (const one of expected) compareOne(one, { tally, stored, here })
  }
}

interface Here {
  readonly tally: VerifyTally
  readonly stored: ReadonlyMap<string, Stored>
  /** Ids of other records that are here. */
  readonly here: ReadonlySet<string>
}

function compareOne({ item, resource, id }: Expected, { tally, stored, here }: Here): void {
  const actual = id === undefined ? undefined : stored.get(id)
  if (actual === undefined || actual.deleted) {
    const unseen = id !== undefined && here.has(id)
    const reason = unseen ? reasons.unseen : actual === undefined ? reasons.absent : reasons.deleted
    return tally.differ(item, [{ kind: 'missing', reason }])
  }
  const elements = differencesOf(resource, actual)
  const patient = patientIn(resource)
  const chart = actual.type === 'Patient' ? actual.id : patient
  // What was added only if nothing matched may be another record, which is not what the source says.
  if (item.condition?.kind === 'create' && elements.length > 0 && actual.patient === chart) return void tally.standing++
  const [references, content] = [elements.filter(isReference), elements.filter((one) => !isReference(one))]
  for (const { path, id, text } of targetsIn(resource)) {
    tally.references++
    if (item.loose.includes(text)) tally.dangling++
    else if (!stored.has(id) && !here.has(id)) references.push(path)
  }
  tally.differ(item, [
    ...(actual.patient === chart
      ? []
      : [{ kind: 'chart', reason: 'It is not in the chart that the source says.' } as const]),
    ...said('reference', 'Leads to another record than in the source, or to none:', references),
    ...said('content', 'Differs from the source:', content),
  ])
}

function said<Kind extends string>(kind: Kind, words: string, elements: readonly string[]) {
  return elements.length === 0 ? [] : [{ kind, reason: `${words} ${[...new Set(elements)].join(', ')}` }]
}

const reasons = {
  absent: 'The record is not here.',
  deleted: 'The record was deleted here.',
  unseen: 'The record is here, but cannot be read back: its security context is not here.',
}

const isReference = (element: string): boolean => element.endsWith('.reference')

/** Of a record whose patient only the store could tell. */
function idOfUnclear({ item: { belonging }, resource }: Expected): Id<string> | undefined {
  const patient = patientIn(resource)
  const clear = belonging === 'practice' || 'patient' in belonging || patient === undefined || patient === 'nobody'
  return clear ? undefined : idOf<string>(belonging, bucketOf(patient))
}

/** References to records of ours. */
function targetsIn(resource: Resource): { readonly path: string; readonly id: Id<string>; readonly text: string }[] {
  return referencesIn(resource).flatMap(({ path, reference: { reference: text } }) => {
    const read = readReference(text)
    const id = read.kind === 'record' && read.base === '' ? parseId<string>(read.id) : undefined
    return id === undefined ? [] : [{ path: `${path}.reference`, id, text }]
  })
}
