import { formatJson, parseJson, type Resource } from '@chartkeep/model/fhir'
import { afterAll, describe, expect, test } from 'vitest'
import { Refusal } from '#base'
import { readFhirpathPatch } from '../patch/fhirpath-patch.ts'
import { readJsonPatch } from '../patch/json-patch.ts'
import { defaultJudgeLimits, openJudge } from './judge.ts'

const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const patient = (more: object = {}): object => ({ resourceType: 'Patient', ...more })
const wrong = patient({ gender: 'x' })

// The first judges everything on its thread, the second nothing.
const beside = openJudge({ ...defaultJudgeLimits, smallBytes: 0 })
const atOnce = openJudge({ ...defaultJudgeLimits, smallBytes: Number.POSITIVE_INFINITY })
afterAll(() => Promise.all([beside.close(), atOnce.close()]))

async function outcomeOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, findings: error.findings }
    throw error
  }
}

describe('what is judged on the thread comes out as what is judged at once', () => {
  test.each<[string, unknown]>([
    ['a valid resource', patient({ name: [{ family: 'One' }] })],
    ['a wrong code', wrong],
    ['no resource', { a: 1 }],
    ['a list', [patient()]],
    ['what does not follow the profile that it claims', patient({ meta: { profile: [usCore('us-core-patient')] } })],
  ])('%s', async (_, value) => {
    const bytes = text(value)
    const found = await outcomeOf(() => beside.resource(parseJson(bytes)))
    expect(found).toEqual(await outcomeOf(() => atOnce.resource(parseJson(bytes))))
    expect(await outcomeOf(() => beside.body(bytes))).toEqual(found)
    expect(await outcomeOf(() => atOnce.body(bytes))).toEqual(found)
    expect(await beside.findings(value, usCore('us-core-patient'))).toEqual(
      await atOnce.findings(value, usCore('us-core-patient')),
    )
  })

  test('the entries of a Bundle, each by its place', async () => {
    const bundle = { resourceType: 'Bundle', entry: [{ resource: patient() }, {}, { resource: wrong }, 'x'] }
    const refused = await beside.entries(text(bundle))
    expect([...(refused ?? [])].map(([at, { code, findings }]) => [at, code, findings.length])).toEqual([
      [2, 'resource-invalid', 1],
    ])
    expect(await atOnce.entries(text(bundle))).toBeUndefined()
    expect(await beside.entries(text({ resourceType: 'Bundle' }))).toEqual(new Map())
  })

  test.each<[string, unknown]>([
    ['a patch that fits', [{ op: 'add', path: '/gender', value: 'male' }]],
    ['a patch that does not fit', [{ op: 'remove', path: '/gender' }]],
    ['a patch that makes something wrong', [{ op: 'add', path: '/gender', value: 'x' }]],
    ['a patch that copies', [{ op: 'copy', from: '/name/0', path: '/name/-' }]],
  ])('%s', async (_, body) => {
    const patched = (judge: typeof beside) =>
      outcomeOf(() =>
        judge.patched(
          { form: 'json', body, apply: readJsonPatch(body) },
          patient({ name: [{ family: 'One' }] }) as Resource,
        ),
      )
    expect(await patched(beside)).toEqual(await patched(atOnce))
  })

  test('R4: a number keeps its digits through a patch', async () => {
    const before = parseJson(
      Buffer.from('{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50}}'),
    ) as Resource
    const body = [{ op: 'add', path: '/id', value: 'a' }]
    const made = await beside.patched({ form: 'json', body, apply: readJsonPatch(body) }, before)
    expect(formatJson(made)).toContain('"value":1.50')
  })
})

describe('a body that is no JSON that is taken is refused alike, and not read here', () => {
  test.each<[string, string]>([
    ['cut short', '{"resourceType":"Patient"'],
    ['a name twice', '{"resourceType":"Patient","a":1,"a":2}'],
    ['too deep', `${'['.repeat(100)}${']'.repeat(100)}`],
    ['too many values', `[${'1,'.repeat(1_000_000)}1]`],
    ['no UTF-8', '{"a":"\u00ff"}'],
  ])('%s', async (_, written) => {
    const body = Buffer.from(written, 'latin1')
    const refused = await outcomeOf(() => atOnce.body(body))
    expect(refused).toMatchObject({ code: expect.stringMatching(/^body-|too-large/) })
    expect(await outcomeOf(() => beside.body(body))).toEqual(refused)
    expect(await outcomeOf(() => beside.entries(body))).toEqual(refused)
  })

  test('R-16: this thread goes on while a large body is read and refused', async () => {
    // Names and numbers that take the parser long: some seconds in all.
    const entries = Array.from({ length: 150_000 }, (_, at) => `{"v${at}":1.50}`)
    const body = Buffer.from(`{"resourceType":"Patient","name":[${entries.join(',')}]}`)
    await beside.body(text(patient()))
    let [last, longest] = [performance.now(), 0]
    const began = last
    const turning = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 5)
    await expect(beside.body(body)).rejects.toMatchObject({ code: 'resource-invalid' })
    clearInterval(turning)
    expect(longest).toBeLessThan((performance.now() - began) / 4)
  })
})

describe('R-16: what takes too long', () => {
  test('is refused when its time is over, this thread goes on meanwhile, and the next is judged', async () => {
    // Less than any machine takes to start the thread alone, and time for this thread to turn.
    const judge = openJudge({ ...defaultJudgeLimits, smallBytes: 0, milliseconds: 20 })
    let turns = 0
    const turning = setInterval(() => turns++, 1)
    const large = Array.from({ length: 200_000 }, () => ({ family: 'One' }))
    const value = patient({ name: large })
    await expect(judge.resource(value)).rejects.toMatchObject({ code: 'too-costly' })
    expect(turns).toBeGreaterThan(2)
    clearInterval(turning)
    await judge.close()
    const patience = openJudge({ ...defaultJudgeLimits, smallBytes: 0 })
    expect(await patience.resource(patient())).toEqual(patient())
    await patience.close()
  })

  test('waits its turn, and is not begun when its caller has left', async () => {
    const first = beside.resource(patient())
    await expect(beside.resource(patient(), AbortSignal.abort())).rejects.toMatchObject({
      code: 'timed-out',
    })
    expect(await first).toEqual(patient())
  })

  test('is refused at once when many wait already', async () => {
    const narrow = openJudge({ ...defaultJudgeLimits, smallBytes: 0, waiting: 2 })
    const first = [narrow.resource(patient()), narrow.resource(patient())]
    await expect(narrow.resource(patient())).rejects.toMatchObject({ code: 'rate-limited' })
    expect(await Promise.all(first)).toEqual([patient(), patient()])
    expect(await narrow.resource(patient())).toEqual(patient())
    await narrow.close()
  })

  test('an expression of the caller’s is evaluated there, however short, and a patch that copies is carried out there', async () => {
    // No thread is up within a millisecond, so only what needs none is judged.
    const hasty = openJudge({ ...defaultJudgeLimits, milliseconds: 1 })
    const parameter = [{ name: 'operation', part: [deletes, { name: 'path', valueString: 'Patient.gender' }] }]
    const edits = { resourceType: 'Parameters', parameter }
    const copying = [{ op: 'copy', from: '/name', path: '/contact' }]
    const adding = [{ op: 'add', path: '/gender', value: 'male' }]
    const before = (): Resource => patient({ gender: 'male' }) as Resource
    await expect(
      hasty.patched({ form: 'fhirpath', body: edits, apply: readFhirpathPatch(edits) }, before()),
    ).rejects.toMatchObject({ code: 'too-costly' })
    await expect(
      hasty.patched({ form: 'json', body: copying, apply: readJsonPatch(copying) }, before()),
    ).rejects.toMatchObject({ code: 'too-costly' })
    expect(await hasty.patched({ form: 'json', body: adding, apply: readJsonPatch(adding) }, before())).toEqual(
      before(),
    )
    expect(await hasty.resource(patient())).toEqual(patient())
    await hasty.close()
  })
})

const deletes = { name: 'type', valueCode: 'delete' }

function usCore(profile: string): string {
  return `http://hl7.org/fhir/us/core/StructureDefinition/${profile}`
}
