import { expect, test } from 'vitest'
import { newId } from '#base'
import { type Actor, Grant, parseScope } from '#policy'
import { termsFor } from './terms.ts'
import type { Stored } from './visible.ts'

const actor: Actor = { kind: 'client', tenant: 1, id: newId(0), workstation: 'w', scopes: [parseScope('system/*.rs')!] }
const grant = Grant.for({ actor, action: 'search', type: 'Observation', purpose: 'TREAT' })
const own = { resourceType: 'ValueSet', status: 'active', url: 'http://example.com/own', compose: { include: [{ system: 'urn:a', concept: [{ code: 'x' }] }] } } // oxfmt-ignore

/** What was looked for, and what is known then. */
async function asked(parameters: [string, string][]) {
  const looked: string[] = []
  const find = async (of: Grant<'search'>, canonical: string): Promise<Stored | undefined> => {
    looked.push(`${of.question.type} ${canonical}`)
    return canonical === own.url ? ({ json: Buffer.from(JSON.stringify(own)) } as Stored) : undefined
  }
  return { terms: await termsFor(find, grant, parameters), looked }
}

test('a practice’s own value set is looked for where :in or :not-in names it, and then known', async () => {
  for (const modifier of ['in', 'not-in']) {
    const { terms, looked } = await asked([[`code:${modifier}`, own.url]])
    expect(looked[0]).toBe(`ValueSet ${own.url}`)
    expect(terms.members(own.url)?.complete).toBe(true)
  }
})

test('a practice’s own code system is looked for where :above or :below names one of its codes', async () => {
  for (const modifier of ['above', 'below']) {
    expect((await asked([[`code:${modifier}`, 'http://example.com/codes|x']])).looked).toEqual(['CodeSystem http://example.com/codes']) // oxfmt-ignore
    // Without a system nothing is named.
    for (const value of ['x', '|x', 'http://example.com/codes']) expect((await asked([[`code:${modifier}`, value]])).looked).toEqual([]) // oxfmt-ignore
  }
})

test('each of several is looked for; a comma that is escaped is part of the name', async () => {
  const { looked } = await asked([
    ['code:in', String.raw`http://example.com/a,http://example.com/b\,c`],
    ['patient.general-practitioner:Practitioner.qualification:in', 'http://example.com/d'],
  ])
  expect(looked).toEqual(['ValueSet http://example.com/a', 'ValueSet http://example.com/b,c', 'ValueSet http://example.com/d']) // oxfmt-ignore
})

test('a value set and a code system that are named together are both looked for', async () => {
  const { looked } = await asked([['code:in', 'http://example.com/a'], ['code:below', 'http://example.com/codes|x']]) // oxfmt-ignore
  expect(looked.toSorted()).toEqual(['CodeSystem http://example.com/codes', 'ValueSet http://example.com/a'])
})

test('a failure of the look-up is not taken for a costly expansion', async () => {
  const away = new Error('the database is away')
  const find = async () => Promise.reject(away)
  await expect(termsFor(find, grant, [['code:in', own.url]])).rejects.toBe(away)
})

test('nothing is looked for where nothing is named, or it is shipped in full', async () => {
  const shippedSet = 'http://hl7.org/fhir/ValueSet/observation-status'
  for (const parameters of [
    [],
    [['code', own.url]],
    [['code', 'http://example.com/codes|x']],
    [['code:text', own.url]],
    [['status:in', shippedSet]],
    [['status:below', 'http://hl7.org/fhir/observation-status|final']],
  ] as [string, string][][])
    // oxfmt-ignore
    expect((await asked(parameters)).looked).toEqual([])
})
