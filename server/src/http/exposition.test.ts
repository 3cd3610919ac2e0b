import { expect, test } from 'vitest'
import { mergeExpositions } from './exposition.ts'
import { Meters } from './meters.ts'

test('each metric is described once, with the samples of every process', () => {
  const of = (worker: number) => `# HELP a_total A.\n# TYPE a_total counter\na_total{worker="${worker}"} ${worker}\n`
  const more = '# HELP b B.\n# TYPE b gauge\nb{worker="2"} 7\n'
  expect(mergeExpositions([of(1), of(2) + more])).toBe(
    '# HELP a_total A.\n# TYPE a_total counter\na_total{worker="1"} 1\na_total{worker="2"} 2\n\n' +
      '# HELP b B.\n# TYPE b gauge\nb{worker="2"} 7\n',
  )
})

test('what our meters say of each process is kept apart by the worker’s number', async () => {
  const texts = await Promise.all(
    [1, 2].map(async (worker) => {
      const meters = new Meters([{ name: 'one', help: 'One.', collect: () => worker }], worker)
      meters.answered('GET /fhir/R4/:type', 200, 0.002)
      meters.refused('not-found')
      return (await meters.expose()).text
    }),
  )
  const merged = mergeExpositions(texts)
  expect(merged.match(/^# TYPE chartkeep_http_request_seconds histogram$/gm)).toHaveLength(1)
  for (const worker of [1, 2]) {
    expect(merged).toContain(`one{worker="${worker}"} ${worker}`)
    expect(merged).toContain(
      `chartkeep_http_request_seconds_count{route="GET /fhir/R4/:type",status="2xx",worker="${worker}"} 1`,
    )
    expect(merged).toContain(`chartkeep_http_refusals_total{code="not-found",worker="${worker}"} 1`)
  }
  expect(merged.split('\n').filter((line) => !/^(# (HELP|TYPE) \S+|[a-z0-9_]+(\{[^}]*\})? \S+$|$)/.test(line))).toEqual(
    [],
  )
})
