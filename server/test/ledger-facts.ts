import { createHash, randomUUID } from 'node:crypto'
import { type Id, newId, systemClock } from '#base'
import type { EntryFacts } from '#ledger'

export const aPatient = (): Id<'patient'> => newId(systemClock.now())
export const nurse = randomUUID()

/** The facts of a nurse reading one patient's observations. */
export function reading(over: Partial<EntryFacts> = {}): EntryFacts {
  return {
    tenant: 1,
    at: systemClock.now(),
    actor: { kind: 'person', id: nurse, role: 'nurse' },
    workstation: '10.20.3.44',
    action: 'read',
    types: ['Observation'],
    patients: [aPatient()],
    records: [],
    purpose: 'TREAT',
    rule: 'chart-roles-read',
    outcome: 'done',
    request: randomUUID(),
    ...over,
  }
}

/** A record as an entry names it: read, or written with a sealed body that has the hash of `body`. */
export function aRecord(version: number, body?: string): EntryFacts['records'][number] {
  const id = newId<'record'>(systemClock.now())
  const hash = body === undefined ? {} : { hash: createHash('sha256').update(body).digest() }
  return { type: 'Condition', id, version, ...hash }
}
