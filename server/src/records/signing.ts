import { bringsSignature, isObject, isSigned, type Resource, withSignature } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import type { Actor } from '#policy'
import type { Change } from './write.ts'

/** What somebody is called under what they write. */
export interface Hand {
  readonly name: string
  /** Reference of the person's Practitioner. */
  readonly practitioner?: string
}

/** How the people of the practice are called; undefined for who is not known. */
export type HandOf = (tenant: number, account: Id<'account'>) => Promise<Hand | undefined>

interface Authorship {
  /** Who wrote it: oneself. */
  readonly author: string
  /** Who vouches for it: only signing says so. */
  readonly vouching?: string
}

/**
 * Notes, whose authors answer for the words. Elsewhere an asserter, a performer or a requester says who did, said or
 * ordered something, which others rightly write down for them; that they wrote it down is in the ledger.
 */
const notes: Readonly<Record<string, Authorship>> = {
  DocumentReference: { author: 'author', vouching: 'authenticator' },
  Composition: { author: 'author', vouching: 'attester' },
  DocumentManifest: { author: 'author' },
}

/** The names that a person's change may have to be held against. */
export async function handFor(handOf: HandOf, changes: readonly Change[]): Promise<Hand | undefined> {
  for (const { actor, resource } of changes.map(asWritten)) {
    const note = resource === undefined ? undefined : notes[resource.resourceType]
    if (actor.kind === 'person' && note !== undefined && resource?.[note.author] !== undefined)
      return handOf(actor.tenant, actor.id)
  }
  return undefined
}

function asWritten(change: Change): { actor: Actor; resource: Resource | undefined } {
  return { actor: change.grant.question.actor, resource: change.kind === 'delete' ? undefined : change.resource }
}

/**
 * What is signed, and by whom, is said by signing alone: nobody sends a signature, and a person neither finishes a note by
 * sending it as final nor names another as its author. Who stood there before may stay. Throws 'not-permitted'.
 */
export function requireOwnHand(change: Change, old: Resource | undefined, hand: Hand | undefined): void {
  const { actor, resource } = asWritten(change)
  if (resource === undefined) return
  if (bringsSignature(resource)) throw signElsewhere()
  if (actor.kind !== 'person' || change.grant.question.action === 'sign') return
  if (isSigned(resource)) throw signElsewhere()
  const note = notes[resource.resourceType]
  if (note === undefined) return
  const { author, vouching } = note
  if (vouching !== undefined && newIn(resource, old, vouching).length > 0) throw signElsewhere()
  if (newIn(resource, old, author).some((one) => !isSelf(one, hand))) throw inAnotherName()
}

/** What is to be stored: with a signature when it is signed. */
export function asSigned(change: Change, resource: Resource, now: number): Resource {
  if (change.grant.question.action !== 'sign') return resource
  return withSignature(resource, resource['authenticator'], new Date(now).toISOString())
}

function newIn(resource: Resource, old: Resource | undefined, element: string): unknown[] {
  const before = new Set(valuesOf(old?.[element]).map((one) => JSON.stringify(one)))
  const beside = valuesOf(resource[`_${element}`])
  return [...valuesOf(resource[element]).filter((one) => !before.has(JSON.stringify(one))), ...beside]
}

function valuesOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

function isSelf(one: unknown, hand: Hand | undefined): boolean {
  if (!isObject(one) || hand === undefined) return false
  const { reference, display, ...more } = one
  if (Object.keys(more).length > 0) return false
  if (reference === undefined) return display === hand.name
  return reference === hand.practitioner && (display === undefined || display === hand.name)
}

function signElsewhere(): Refusal {
  return new Refusal('not-permitted', { rule: 'signing:password', remedy: 'Sign the note in the chart.' })
}

function inAnotherName(): Refusal {
  return new Refusal('not-permitted', {
    rule: 'author:oneself',
    remedy: 'Name yourself as the author as your account does, or leave the author out.',
  })
}
