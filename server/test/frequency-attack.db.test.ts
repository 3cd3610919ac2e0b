import { createHash } from 'node:crypto'
import { codeOfType, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import type pg from 'pg'
import { expect } from 'vitest'
import { test } from './fixtures.ts'
import { storePeople } from './invented.ts'

// Someone has a copy of the database, runs the same software, and knows exactly how common each name and each diagnosis
// is: from a census, and from as many patients of their own. Naveed, Kamara and Wright (CCS 2015) read most of a hospital
// in this way. Here the same attacks must find no more than a guess from those frequencies alone.

interface Secret {
  readonly name: string
  /** How many times a guess is put up with; once when left out. */
  readonly times?: number
  readonly type: ResourceType
  readonly of: (resource: Resource) => string | undefined
}

const textOf = (resource: Resource, ...path: (string | number)[]): string | undefined => {
  let value: unknown = resource
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step]
  return typeof value === 'string' ? value : undefined
}

const secrets: Secret[] = [
  { name: 'family names', type: 'Patient', of: (one) => textOf(one, 'name', 0, 'family') },
  { name: 'given names', type: 'Patient', of: (one) => textOf(one, 'name', 0, 'given', 0) },
  { name: 'sexes', type: 'Patient', of: (one) => textOf(one, 'gender') },
  { name: 'years of birth', type: 'Patient', of: (one) => textOf(one, 'birthDate')?.slice(0, 4) },
  { name: 'diagnoses', type: 'Condition', of: (one) => textOf(one, 'code', 'coding', 0, 'code') },
  { name: 'allergies', type: 'AllergyIntolerance', of: (one) => textOf(one, 'code', 'coding', 0, 'code') },
  // An insulin pen has so long a text that hiding it would cost every other prescription 80 bytes.
  { name: 'medicines', times: 2, type: 'MedicationRequest', of: (one) => textOf(one, 'medicationCodeableConcept', 'coding', 0, 'code') },
] // oxfmt-ignore

/** What the dump shows of one record. */
interface Shown {
  readonly id: string
  readonly patient: string
  readonly size: number
  readonly tokens: readonly string[]
  readonly lookups: readonly string[]
}

/** A record as the attacker has it, with what they want to know: only for judging the guesses. */
interface Case extends Shown {
  readonly truth: string
}

async function dump(owner: pg.Client, type: ResourceType): Promise<Shown[]> {
  const { rows } = await owner.query<{ id: string; patient: string; size: number; tokens: Buffer; lookups: string[] }>(
    `select id, patient, length(body) as size, tokens,
        array(select l.token::text from records.lookup l where l.id = r.id order by l.token) as lookups
      from records.resource r where type = $1`,
    [codeOfType(type)],
  )
  return rows.map(({ tokens, ...row }) => ({ ...row, tokens: tokens.toString('hex').match(/.{6}/g) ?? [] }))
}

const counts = <T>(list: readonly T[]): Map<T, number> => {
  const found = new Map<T, number>()
  for (const one of list) found.set(one, (found.get(one) ?? 0) + 1)
  return found
}
const byFrequency = <T>(list: readonly T[]): T[] =>
  [...counts(list)].toSorted((a, b) => b[1] - a[1]).map(([one]) => one)

type Guess = (one: Case) => string | undefined

/** The most common ciphertext is the most common value, the second the second, and so on. */
function byRank(target: readonly Case[], known: readonly string[], cipher: (one: Case) => string | undefined): Guess {
  const values = byFrequency(known)
  const ranks = new Map(byFrequency(target.flatMap((one) => cipher(one) ?? [])).map((one, rank) => [one, rank]))
  return (one) => values[ranks.get(cipher(one) ?? '') ?? 0]
}

/** The same for each patient by itself: who has one value more often than another. */
function byRankWithin(target: readonly Case[], known: readonly string[], cipher: (one: Case) => string | undefined): Guess {
  const guesses = new Map([...Map.groupBy(target, ({ patient }) => patient)].map(([patient, some]) => [patient, byRank(some, known, cipher)]))
  return (one) => guesses.get(one.patient)?.(one)
} // oxfmt-ignore

/** The value that most of the attacker's own records of such a size have. */
function bySize(own: readonly Case[], feature: (one: Case) => string): Guess {
  const fallback = byFrequency(own.map(({ truth }) => truth))[0]
  const best = new Map([...Map.groupBy(own, feature)].map(([size, some]) => [size, byFrequency(some.map(({ truth }) => truth))[0]]))
  return (one) => best.get(feature(one)) ?? fallback
} // oxfmt-ignore

const found = (target: readonly Case[], guess: Guess): number =>
  target.filter((one) => guess(one) === one.truth).length / target.length

/** Every attack on one secret, and the share of records whose value it finds. */
function attack(target: readonly Case[], own: readonly Case[]): Record<string, number> {
  const known = own.map(({ truth }) => truth)
  const places = Math.max(...target.map(({ tokens }) => tokens.length), 0)
  const shares: Record<string, number> = {
    sizes: found(
      target,
      bySize(own, ({ size }) => String(size)),
    ),
    'sizes of all columns': found(
      target,
      bySize(own, ({ size, tokens, lookups }) => `${size} ${tokens.length} ${lookups.length}`),
    ),
    'look-ups by rank': found(
      target,
      byRank(target, known, ({ lookups }) => lookups[0]),
    ),
  }
  for (let place = 0; place < places; place++) {
    const token = ({ tokens }: Case): string | undefined => tokens[place]
    shares[`tokens ${place} by rank`] = found(target, byRank(target, known, token))
    shares[`tokens ${place} by rank within a patient`] = found(target, byRankWithin(target, known, token))
  }
  return shares
}

test('H-T05: how common names and diagnoses are tells nothing of who has them', async ({ records, owner }) => {
  const types = ['Patient', 'Condition', 'AllergyIntolerance', 'MedicationRequest'] as const
  const shown = new Map<ResourceType, Shown[]>()
  const target = (await storePeople(records, { seed: 'somebody', patients: 220, types })).flat()
  const own = (await storePeople(records, { seed: 'attacker', patients: 260, types })).flat()
  for (const type of types) shown.set(type, await dump(owner, type))

  for (const { name, type, of, times = 1 } of secrets) {
    const rows = new Map((shown.get(type) ?? []).map((row) => [row.id, row]))
    const casesOf = (resources: readonly Resource[]): Case[] =>
      resources.flatMap((resource) => {
        const row = rows.get(resource.id ?? '')
        const truth = resource.resourceType === type ? of(resource) : undefined
        return row === undefined || truth === undefined ? [] : [{ ...row, truth }]
      })
    const [theirs, mine] = [casesOf(target), casesOf(own)]
    expect(theirs.length).toBeGreaterThan(100)

    // Guessing what is most common, with the room that chance needs: three standard deviations, for each of many attacks.
    const common = byFrequency(mine.map(({ truth }) => truth))[0]
    const prior = found(theirs, () => common)
    const likeliest = Math.max(...counts(theirs.map(({ truth }) => truth)).values()) / theirs.length
    const room = 3 * Math.sqrt((likeliest * (1 - likeliest)) / theirs.length)
    const chance = times * Math.max(prior, likeliest) + room
    const shares = attack(theirs, mine)
    for (const [way, share] of Object.entries(shares)) expect(share, `${name} by ${way}`).toBeLessThanOrEqual(chance)

    // The attack itself works: a column that is the same for equal values gives away what it hides.
    if (name !== 'diagnoses' && name !== 'medicines') continue
    const hashed = ({ truth }: Case): string => createHash('sha256').update(truth).digest('hex')
    const open = found(theirs, byRank(theirs, mine.map(({ truth }) => truth), hashed)) // oxfmt-ignore
    expect(open, `${name} in a deterministic column`).toBeGreaterThan(chance)
  }
})
