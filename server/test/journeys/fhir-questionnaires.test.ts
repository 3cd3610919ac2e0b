import { expect } from 'vitest'
import { test } from '../rest-rig.ts'

const url = 'http://example.com/Questionnaire/smoking'
const questionnaire = {
  ...{ resourceType: 'Questionnaire', url, version: '1', status: 'active' },
  item: [{ linkId: 'smokes', type: 'boolean', required: true }],
}
const response = (item: object, over: object = {}): object => ({
  ...{ resourceType: 'QuestionnaireResponse', questionnaire: `${url}|1`, status: 'completed', item: [item], ...over },
})
const right = { linkId: 'smokes', answer: [{ valueBoolean: true }] }
const wrong = { linkId: 'smokes', answer: [{ valueString: 'yes' }] }
const at = 'QuestionnaireResponse.item[0].answer[0].value'

test('answers are held against the questionnaire that is stored, by its canonical and by its id', async ({
  rest: { fhir, make },
}) => {
  expect((await fhir('POST', '/QuestionnaireResponse', response(wrong))).status).toBe(201)
  const id = await make(questionnaire)
  for (const by of [url, `${url}|1`, `Questionnaire/${id}`]) {
    const refused = await fhir('POST', '/QuestionnaireResponse', response(wrong, { questionnaire: by }))
    expect([by, refused.status, refused.text]).toEqual([by, 422, expect.stringContaining(at)])
    expect((await fhir('POST', '/QuestionnaireResponse', response(right, { questionnaire: by }))).status).toBe(201)
  }
  const mistaken = response(wrong, { status: 'entered-in-error' })
  expect((await fhir('POST', '/QuestionnaireResponse', mistaken)).status).toBe(201)
  expect((await fhir('POST', '/QuestionnaireResponse', response(wrong, { questionnaire: `${url}|2` }))).status).toBe(
    201,
  )
})

test('so they are by an update, a patch and a transaction, which names its entry', async ({ rest: { fhir, make } }) => {
  await make(questionnaire)
  const id = await make(response(right))
  const address = `/QuestionnaireResponse/${id}`
  const first = { 'if-match': 'W/"1"' }
  expect((await fhir('PUT', address, response(wrong, { id }), first)).status).toBe(422)
  const patch = [{ op: 'replace', path: '/item/0/answer/0', value: { valueString: 'yes' } }]
  const asPatch = { ...first, 'content-type': 'application/json-patch+json' }
  expect((await fhir('PATCH', address, patch, asPatch)).text).toContain(at)
  const entry = [right, wrong].map((item) => ({
    resource: response(item),
    request: { method: 'POST', url: 'QuestionnaireResponse' },
  }))
  const refused = await fhir('POST', '/', { resourceType: 'Bundle', type: 'transaction', entry })
  expect([refused.status, refused.text]).toEqual([
    422,
    expect.stringContaining('Bundle.entry[1].resource.item[0].answer[0]'),
  ])
  expect((await fhir('PUT', address, response(right, { id, language: 'en' }), first)).status).toBe(200)
})

test.for([
  ['its canonical', { questionnaire: url }],
  ['its canonical with the version', {}],
] as const)(
  'answers are held against the questionnaire that the same transaction brings, named by %s',
  async ([, over], { rest: { fhir } }) => {
    const asked = { resource: questionnaire, request: { method: 'POST', url: 'Questionnaire' } }
    const given = (item: object) => ({
      resource: response(item, over),
      request: { method: 'POST', url: 'QuestionnaireResponse' },
    })
    const send = (...entry: object[]) => fhir('POST', '/', { resourceType: 'Bundle', type: 'transaction', entry })
    for (const [place, entries] of [
      [1, [asked, given(wrong)]],
      [0, [given(wrong), asked]],
    ] as const) {
      const refused = await send(...entries)
      expect([refused.status, refused.text]).toEqual([
        422,
        expect.stringContaining(`Bundle.entry[${place}].resource.item[0]`),
      ])
    }
    expect((await send(given(right), asked)).status).toBe(200)
  },
)

test('an update of the questionnaire in the same transaction counts, not what is stored', async ({
  rest: { fhir, make },
}) => {
  const id = await make(questionnaire)
  const item = [{ linkId: 'smokes', type: 'string' }]
  const entry = [
    {
      resource: response(wrong, { questionnaire: `Questionnaire/${id}` }),
      request: { method: 'POST', url: 'QuestionnaireResponse' },
    },
    {
      resource: { ...questionnaire, id, item },
      request: { method: 'PUT', url: `Questionnaire/${id}`, ifMatch: 'W/"1"' },
    },
  ]
  expect((await fhir('POST', '/', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200)
})
