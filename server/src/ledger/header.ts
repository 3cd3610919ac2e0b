import type { EntryActor, EntryFacts } from './facts.ts'
import { isUuid } from './packed.ts'

/** The clear part of an entry that has no column of its own, as JSON that an auditor can read with psql. */
export interface Header {
  readonly actor: EntryActor['kind']
  /** Only for an actor whose id is not a UUID; the others' is a column. */
  readonly actorId?: string
  readonly role?: string
  readonly onBehalfOf?: string
  readonly workstation: string
  readonly action: string
  readonly types: readonly string[]
  /** Versions before a change that are not the one below: index in the list of writes, version. */
  readonly before?: readonly (readonly [number, number])[]
  readonly purpose?: string
  readonly rule?: string
  readonly outcome: EntryFacts['outcome']
  readonly request: string
}

export function headerOf(facts: EntryFacts): Header {
  const { actor, workstation, action, purpose, rule, outcome, request } = facts
  const types = [...new Set([...facts.types, ...facts.records.map((record) => record.type)])]
  const before = facts.records
    .filter((record) => record.hash !== undefined)
    .flatMap((record, index) =>
      record.before === undefined || record.before === record.version - 1 ? [] : [[index, record.before] as const],
    )
  return {
    actor: actor.kind,
    ...(actor.id === undefined || isUuid(actor.id) ? {} : { actorId: actor.id }),
    ...(actor.role === undefined ? {} : { role: actor.role }),
    ...(actor.onBehalfOf === undefined ? {} : { onBehalfOf: actor.onBehalfOf }),
    workstation,
    action,
    types,
    ...(before.length === 0 ? {} : { before }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(rule === undefined ? {} : { rule }),
    outcome,
    request,
  }
}

/** Undefined when the bytes are no header of ours; `verifyLedger` has more to say about such an entry. */
export function findHeader(bytes: Buffer): Header | undefined {
  const value = parse(bytes.toString('utf8'))
  return isHeader(value) ? value : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// Headers are ours and covered by the tree; this guards against a row from somewhere else.
function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false
  const has = (name: string): boolean => name in value && typeof Reflect.get(value, name) === 'string'
  return (
    ['actor', 'workstation', 'action', 'outcome', 'request'].every(has) &&
    'types' in value &&
    Array.isArray(value.types) &&
    (!('before' in value) || (Array.isArray(value.before) && value.before.every(Array.isArray)))
  )
}
