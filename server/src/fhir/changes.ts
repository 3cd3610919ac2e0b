import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import { type Held, type Matched, type Records, type Stored, type TakeTurns, turnsOf, type Write } from '#records'
import { etagOf, matchedAnswer, type RecordAnswer, writeAnswer } from './answers.ts'
import { type Named, readCondition } from './conditions.ts'
import { withDoubts } from './doubtful.ts'
import type { Conditions } from './interactions.ts'
import { refuseUnlinked } from './links.ts'
import { ask, type Asking } from './offered.ts'
import { makeRelative, ownAddresses, withinOwn } from './own-address.ts'
import { applying } from './patch/read-patch.ts'
import type { Patch } from './patch/patch.ts'
import { holdingAnswers } from './questionnaire-answers.ts'
import { type MadeAgainst, versionIn, versionMatched, versionToDelete } from './versions.ts'

/** The interactions that change something, each by id or, but for a create, by condition. */
export interface Changes {
  create(asking: Asking, resource: Resource, conditions: Conditions): Promise<RecordAnswer>
  update(asking: Asking, resource: Resource, named: Named, conditions: Conditions): Promise<RecordAnswer>
  patch(asking: Asking, type: ResourceType, named: Named, change: Patching): Promise<RecordAnswer>
  remove(asking: Asking, type: ResourceType, named: Named, conditions: Conditions): Promise<RecordAnswer>
}

export interface Patching {
  readonly patch: Patch
  readonly conditions: Conditions
}

/**
 * Each on a condition runs in turn with the others on the same one, and changes the very version that met it: of two at
 * once the second sees what the first has done, and whoever else gets in between makes it a 'version-conflict'.
 */
export function openChanges(records: Records, base: string, inTurn: TakeTurns): Changes {
  async function save(asking: Asking, change: Write, held?: Held): Promise<Stored> {
    const judged = await withDoubts(await holdingAnswers(records, asking, change))
    const [written] = await records.write([judged], asking.request, held)
    return written ?? unanswered()
  }

  async function make(asking: Asking, resource: Resource, prefer?: string, held?: Held): Promise<RecordAnswer> {
    const grant = ask(asking, 'create', resource.resourceType)
    return writeAnswer(await save(asking, { kind: 'create', grant, resource }, held), prefer, base)
  }

  async function saveUpdate(asking: Asking, change: Write, prefer?: string, held?: Held): Promise<RecordAnswer> {
    return { ...(await writeAnswer(await save(asking, change, held), prefer, base)), status: 200 }
  }

  /** The one record that meets a condition. Throws 'match-ambiguous' for several. */
  function ofCondition<T>(
    asking: Asking,
    type: ResourceType,
    text: string,
    then: (matched: Matched | undefined, held: Held) => Promise<T>,
  ): Promise<T> {
    const condition = readCondition(text, type, ownAddresses(base, asking))
    const search = ask(asking, 'search', type)
    return inTurn(turnsOf(type, condition), async (held) => {
      const [matched, ...others] = await records.match(search, condition, asking.request)
      if (others.length > 0) throw new Refusal('match-ambiguous')
      return then(matched, held)
    })
  }

  return {
    async create(asking, resource, { ifNoneExist, prefer }) {
      const own = ownAddresses(base, asking)
      makeRelative(resource, own)
      refuseUnlinked(resource, { urns: true })
      if (ifNoneExist === undefined) return make(asking, resource, prefer)
      const type = resource.resourceType
      ask(asking, 'create', type)
      const read = ask(asking, 'read', type)
      return ofCondition(asking, type, withinOwn(ifNoneExist, own) ?? ifNoneExist, async (matched, held) =>
        matched === undefined
          ? make(asking, resource, prefer, held)
          : matchedAnswer(await records.read(read, matched.id, asking.request), base),
      )
    },
    async update(asking, resource, named, { ifMatch, prefer }) {
      makeRelative(resource, ownAddresses(base, asking))
      refuseUnlinked(resource, { urns: false })
      const type = resource.resourceType
      const grant = ask(asking, 'update', type)
      if ('id' in named) {
        if (resource.id !== named.id) throw new Refusal('resource-mismatch')
        const version = versionIn(asking, ifMatch, type)
        return saveUpdate(asking, { kind: 'update', grant, resource, id: named.id, ...version }, prefer)
      }
      return ofCondition(asking, type, named.condition, async (matched, held) => {
        requireIdOf(resource, matched?.id)
        if (matched === undefined) return make(asking, resource, prefer, held)
        const { id } = matched
        const update = { kind: 'update', grant, resource: { ...resource, id }, id } as const
        return saveUpdate(asking, { ...update, ...versionMatched(matched, ifMatch) }, prefer, held)
      })
    },
    async patch(asking, type, named, { patch, conditions: { ifMatch, prefer } }) {
      const grant = ask(asking, 'update', type)
      // What a patch finds in a record, tests in it and answers with is read.
      const change = {
        kind: 'patch',
        grant,
        read: ask(asking, 'read', type),
        type,
        apply: applying({ type, own: ownAddresses(base, asking) }, patch),
      } as const
      if ('id' in named)
        return saveUpdate(asking, { ...change, id: named.id, ...versionIn(asking, ifMatch, type) }, prefer)
      return ofCondition(asking, type, named.condition, async (matched, held) => {
        if (matched === undefined) throw new Refusal('not-found')
        const { id } = matched
        return saveUpdate(asking, { ...change, id, ...versionMatched(matched, ifMatch) }, prefer, held)
      })
    },
    async remove(asking, type, named, { ifMatch }) {
      const grant = ask(asking, 'delete', type)
      const removeOne = async (against: MadeAgainst & { id: Id<string> }, held?: Held): Promise<RecordAnswer> => {
        const { version, updated } = await save(asking, { kind: 'delete', grant, type, ...against }, held)
        return { status: 204, headers: { etag: etagOf(version) }, updated }
      }
      if ('id' in named) return removeOne({ id: named.id, ...versionToDelete(asking, ifMatch, type) })
      return ofCondition(asking, type, named.condition, async (matched, held) =>
        // Nothing is there that was to be removed: as after a second deletion.
        matched === undefined
          ? { status: 204 }
          : removeOne({ id: matched.id, ...versionMatched(matched, ifMatch) }, held),
      )
    },
  }
}

/**
 * What is sent on a condition has no id, or the one of the record that met it (R4 http, 3.1.0.4.3): ids are given here.
 * Throws 'resource-mismatch'.
 */
export function requireIdOf({ resourceType, id }: Resource, matched: Id<string> | undefined): void {
  if (id === undefined || id === matched) return
  const text =
    matched === undefined
      ? 'Nothing meets the condition, and a new record is given its id here: leave the id out.'
      : 'The record that meets the condition has another id: leave the id out.'
  throw new Refusal('resource-mismatch', { findings: [{ expression: `${resourceType}.id`, issue: 'value', text }] })
}

function unanswered(): never {
  throw new Error('a write answers each change')
}
