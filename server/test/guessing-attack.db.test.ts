import { codeOfType, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import type pg from 'pg'
import { expect } from 'vitest'
import { create, createPatient, person, test } from './fixtures.ts'

// Someone may write one kind of record about a patient, and has a copy of the database. They write every value that they
// think of, and look where the tokens of their own records come up again.

const system = 'http://snomed.info/sct'
const guesses = Array.from({ length: 200 }, (_, index) => String(73_211_009 + index))
const diagnoses = guesses.filter((_, index) => index % 11 === 0)

const concept = (code: string) => ({ coding: [{ system, code }] })

/** What a biller or the front desk may write with a code of their own choice. */
const guessing: ((patient: string, code: string) => Resource)[] = [
  (patient, code) => ({
    resourceType: 'ChargeItem',
    status: 'billable',
    code: concept(code),
    subject: { reference: `Patient/${patient}` },
  }),
  (patient, code) => ({
    resourceType: 'Coverage',
    status: 'active',
    type: concept(code),
    beneficiary: { reference: `Patient/${patient}` },
    payor: [{ display: 'Canary Mutual' }],
  }),
  (patient, code) => ({
    resourceType: 'Account',
    status: 'active',
    type: concept(code),
    subject: [{ reference: `Patient/${patient}` }],
  }),
]

async function tokensOf(owner: pg.Client, type: ResourceType, patient: string): Promise<Map<string, string[]>> {
  const { rows } = await owner.query<{ id: string; tokens: Buffer }>(
    'select id, tokens from records.resource where type = $1 and patient = $2',
    [codeOfType(type), patient],
  )
  return new Map(rows.map(({ id, tokens }) => [id, tokens.toString('hex').match(/.{6}/g) ?? []]))
}

test.for(guessing)(
  'H-T05: codes written into a billing record tell nothing of the diagnoses (%#)',
  async (write, { records, owner }) => {
    const patient = await createPatient(records)
    const truth = new Map<string, string>()
    for (const code of diagnoses) {
      const { id } = await create(records, { resourceType: 'Condition', code: concept(code), subject: { reference: `Patient/${patient}` } }) // oxfmt-ignore
      truth.set(id, code)
    }
    const known = new Map<string, string>()
    const { resourceType } = write(patient, '')
    for (const code of guesses) {
      const { id } = await create(records, write(patient, code), person('biller'))
      for (const token of (await tokensOf(owner, resourceType, patient)).get(id) ?? []) known.set(token, code)
    }
    const found = [...(await tokensOf(owner, 'Condition', patient))].filter(([id, tokens]) =>
      tokens.some((token) => known.get(token) === truth.get(id)),
    )
    // 600 known tokens and a few hundred of conditions: one in 16 million agrees by chance.
    expect(found.length, `of ${diagnoses.length}`).toBe(0)
  },
)

test('the same attack works within one type, where who writes may also read', async ({ records, owner }) => {
  const patient = await createPatient(records)
  const condition = (code: string): Resource => ({ resourceType: 'Condition', code: concept(code), subject: { reference: `Patient/${patient}` } }) // oxfmt-ignore
  const { id: one } = await create(records, condition('44054006'))
  const { id: other } = await create(records, condition('44054006'))
  const tokens = await tokensOf(owner, 'Condition', patient)
  expect(tokens.get(one)?.[0]).toBe(tokens.get(other)?.[0])
})
