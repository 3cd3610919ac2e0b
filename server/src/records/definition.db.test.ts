import { expect } from 'vitest'
import { create, grant, newRequest, person, test } from '../../test/fixtures.ts'

const url = 'http://example.com/fhir/ValueSet/colours,and$more'

test('of several definitions with one canonical: one in use, then the highest version, then the latest', async ({
  records,
}) => {
  const admin = person('administrator')
  const store = (status: string, version?: string) =>
    create(records, { resourceType: 'ValueSet', url, status, ...(version === undefined ? {} : { version }) }, admin)
  const best = async (canonical = url) =>
    (await records.definition(grant('search', 'ValueSet', admin), canonical, newRequest()))?.id
  expect(await best()).toBeUndefined()
  const retired = await store('retired', '9.0')
  expect(await best()).toBe(retired.id)
  const draft = await store('draft', '10.0')
  expect(await best()).toBe(draft.id)
  const nine = await store('active', '9.1')
  expect(await best()).toBe(nine.id)
  const ten = await store('active', '10.0')
  expect(await best()).toBe(ten.id)
  await store('active')
  expect(await best()).toBe(ten.id)
  const again = await store('active', '10.0')
  expect(await best()).toBe(again.id)
  expect(await best(`${url}|9.1`)).toBe(nine.id)
  expect(await best(`${url}|9.0`)).toBe(retired.id)
  expect(await best(`${url}|8`)).toBeUndefined()
  expect(await best('http://example.com/fhir/ValueSet/colours')).toBeUndefined()
})
