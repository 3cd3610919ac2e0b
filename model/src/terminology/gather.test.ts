import { expect, test } from 'vitest'
import type { Resource } from '../fhir/index.ts'
import { expand } from './expand.ts'
import { TerminologyFault } from './fault.ts'
import { gather } from './gather.ts'
import { needsOf } from './needs.ts'
import { readValueSet } from './read-value-set.ts'
import { shipped } from './shipped.ts'

const base = 'https://example.com/'

const setOf = (name: string, ...include: object[]): Resource => ({
  resourceType: 'ValueSet',
  url: base + name,
  status: 'active',
  compose: { include },
})

const snomed: Resource = {
  resourceType: 'CodeSystem',
  url: 'http://snomed.info/sct',
  status: 'active',
  content: 'fragment',
  concept: [{ code: '404684003', display: 'Clinical finding', concept: [{ code: '44054006', display: 'Diabetes' }] }],
}

function storeOf(...resources: Resource[]) {
  const asked: string[] = []
  const fetch = async (type: string, canonical: string): Promise<Resource | undefined> => {
    asked.push(canonical)
    return resources.find((one) => one.resourceType === type && one['url'] === canonical)
  }
  return { asked, fetch }
}

test('everything that a value set needs is fetched, however far away, and once', async () => {
  const genders = 'http://hl7.org/fhir/ValueSet/administrative-gender'
  const root = setOf('root', { valueSet: [`${base}one`] }, { valueSet: [`${base}two`] }, { valueSet: [genders] })
  const one = setOf('one', { valueSet: [`${base}two`] })
  const two = setOf('two', { system: snomed['url'], filter: [{ property: 'concept', op: 'is-a', value: '404684003' }] })
  const { asked, fetch } = storeOf(one, two, snomed)
  const set = readValueSet(root)
  const library = await gather(shipped, needsOf(set), fetch)
  expect(asked.toSorted()).toEqual([snomed['url'], `${base}one`, `${base}two`])
  const codes = [...expand(library, set).members.values()].map(({ code }) => code)
  expect(codes).toEqual(['404684003', '44054006', 'male', 'female', 'other', 'unknown'])
})

test('a system that is stored completes a value set that is shipped', async () => {
  const conditions = 'http://hl7.org/fhir/ValueSet/condition-code'
  const { fetch } = storeOf(snomed)
  const library = await gather(shipped, { valueSets: [conditions], codeSystems: [] }, fetch)
  const { members } = expand(library, library.valueSet(conditions)!)
  expect([...members.values()].map(({ code }) => code)).toContain('44054006')
})

test('what includes itself is fetched once, and what is not there is left to be unknown', async () => {
  const round = setOf('round', { valueSet: [`${base}round`, `${base}none`] })
  const { asked, fetch } = storeOf(round)
  await gather(shipped, { valueSets: [`${base}round`], codeSystems: [] }, fetch)
  expect(asked).toEqual([`${base}round`, `${base}none`])
})

test('what would need too many looks is refused', async () => {
  const chain = Array.from({ length: 100 }, (_, at) => setOf(String(at), { valueSet: [base + (at + 1)] }))
  const { asked, fetch } = storeOf(...chain)
  await expect(gather(shipped, { valueSets: [`${base}0`], codeSystems: [] }, fetch)).rejects.toEqual(
    new TerminologyFault('too-costly'),
  )
  expect(asked.length).toBeLessThanOrEqual(64)
})
