// What a patch, a bundle or a condition costs grows as its size does.
import { expect, test } from 'vitest'
import { growsTooFast, type Make } from '../../test/growth.ts'
import { parseBundle, parseTarget } from './bundle.ts'
import { readCondition } from './conditions.ts'
import { openEntries } from './entries-met.ts'
import { openJudge } from './judge/judge.ts'
import { openLinks, resolveLinks } from './links.ts'
import { readParameters } from './operation-parameters.ts'
import { readFhirpathPatch } from './patch/fhirpath-patch.ts'
import { readJsonPatch } from './patch/json-patch.ts'
import type { Planned } from './plan.ts'
import { requireApart } from './apart.ts'
import { readEntries, turnsIn } from './read-entries.ts'

const judge = openJudge()
const many = <T>(size: number, make: (at: number) => T): T[] => Array.from({ length: size }, (_, at) => make(at))
const id = '0190163d-8694-8000-8000-000000000000'
const patient = (size: number): string =>
  JSON.stringify({
    ...{ resourceType: 'Patient', id, name: many(size, (at) => ({ family: `f${at}`, given: ['a', `b${at}`] })) },
    identifier: many(size, (at) => ({ system: 'http://example.com/x', value: `v${at}` })),
  })

function fhirpathPatch(parameter: readonly object[], resource: string): () => unknown {
  const body = { resourceType: 'Parameters', parameter }
  return async () => readFhirpathPatch(body)(JSON.parse(resource))
}

const edit = (type: string, path: string, ...more: object[]): object => ({
  name: 'operation',
  part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...more],
})

const patches: Readonly<Record<string, Make>> = {
  'parts that make one element': (size) =>
    fhirpathPatch(
      [
        edit(
          'add',
          'Patient',
          { name: 'name', valueString: 'contact' },
          {
            name: 'value',
            part: many(size, () => ({ name: 'relationship', valueCodeableConcept: { text: 'a' } })),
          },
        ),
      ],
      patient(1),
    ),
  'parts of an operation': (size) =>
    fhirpathPatch([{ name: 'operation', part: many(size, (at) => ({ name: `p${at}`, valueCode: 'x' })) }], patient(1)),
  'edits of a large record': (size) =>
    fhirpathPatch(
      many(50, (at) => edit('replace', `Patient.name[${at}].family`, { name: 'value', valueString: 'x' })),
      patient(size),
    ),
  'descendants of a large record': (size) => fhirpathPatch([edit('delete', 'Patient.descendants()')], patient(size)),
  'JSON Patch, members put first': (size) => {
    const patch = many(size / 16, () => ({ op: 'add', path: '/name/0', value: { family: 'x' } }))
    return () => readJsonPatch(patch)(JSON.parse(patient(100)))
  },
  'JSON Patch of a large list': (size) => {
    const patch = many(100, () => ({ op: 'remove', path: '/name/0' }))
    const resource = patient(size)
    return () => readJsonPatch(patch)(JSON.parse(resource))
  },
  'JSON Patch that copies what it copied': (size) => {
    const patch = many(size / 16, () => ({ op: 'copy', from: '/name', path: '/name/-' }))
    return () => readJsonPatch(patch)(JSON.parse(patient(1)))
  },
  'JSON Patch with a long pointer': (size) => () =>
    readJsonPatch([{ op: 'add', path: `/${'a~1'.repeat(size)}`, value: 1 }]),
}

function transaction(entry: readonly object[]): () => unknown {
  const text = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })
  return async () => {
    const { entries } = parseBundle(JSON.parse(text), [])
    turnsIn(entries, [])
    const read = await readEntries(judge, entries)
    requireApart(read, new Map(entries.map((one) => [one, { kind: 'write' } as Planned])), [])
    const within = openEntries(read)
    for (const { resource } of read) {
      const [link] = (resource?.['link'] ?? []) as { other: { reference: string } }[]
      const [, query] = link?.other.reference.split('?') ?? []
      if (query !== undefined) within.thatMeet('Patient', query)
    }
    const links = openLinks(entries, new Map())
    for (const one of entries) links.add(one, { type: parseTarget(one).type, id })
    for (const { entry: one, resource } of read) if (resource !== undefined) resolveLinks(resource, links, one)
  }
}

const linked = (reference: string): object => ({
  resourceType: 'Patient',
  link: [{ type: 'seealso', other: { reference } }],
})
const post = { request: { method: 'POST', url: 'Patient' } }

const bundles: Readonly<Record<string, Make>> = {
  'entries that refer to each other': (size) =>
    transaction(
      many(size, (at) => ({ fullUrl: `urn:uuid:${at}`, resource: linked(`urn:uuid:${(at + 1) % size}`), ...post })),
    ),
  'entries that refer by relative address': (size) =>
    transaction(
      many(size, (at) => ({ fullUrl: `http://example.com/Patient/${at}`, resource: linked(`Patient/${at}`), ...post })),
    ),
  'entries that refer by conditions which each other meet': (size) =>
    transaction(
      many(size, (at) => ({
        resource: { ...linked(`Patient?identifier=urn:a|${at}`), identifier: [{ system: 'urn:a', value: String(at) }] },
        ...post,
      })),
    ),
  'references from an entry with a long address': (size) =>
    transaction([
      {
        fullUrl: `http://${'a/A'.repeat(size)}`,
        resource: {
          resourceType: 'Patient',
          link: many(size, (at) => ({ type: 'seealso', other: { reference: `Patient/${at}` } })),
        },
        ...post,
      },
    ]),
  'entries on conditions': (size) =>
    transaction(
      many(size, (at) => ({
        resource: { resourceType: 'Patient', identifier: [{ value: `${at + 1}` }], gender: 'female' },
        request: { ...post.request, ifNoneExist: `gender=female&identifier=${-at}` },
      })),
    ),
  'a condition of many criteria': (size) => () =>
    readCondition(many(size, (at) => `a${at}=b`).join('&'), 'Patient', []),
  'a condition of one criterion, repeated': (size) => () =>
    readCondition(many(size, (at) => `a=b${at}`).join('&'), 'Patient', []),
  'a condition with a long chain': (size) => () =>
    readCondition(`${'subject.'.repeat(size)}subject=https://a`, 'Observation', []),
  'a condition of reversed chains': (size) => () =>
    readCondition(`${'_has:Observation:subject:'.repeat(size)}code=https://a`, 'Patient', []),
  'a long address in an entry': (size) => () =>
    parseTarget({ at: 'Bundle.entry[0]', url: `${'A'.repeat(size)}/${'a'.repeat(size)}/_history?` }),
  'parameters of an operation': (size) => {
    const parameter = many(size / 2, () => ({ name: 'a', valueString: 'x' }))
    const body = Buffer.from(JSON.stringify({ resourceType: 'Parameters', parameter }))
    return () => readParameters({ query: new URLSearchParams(), body: async () => body }, [{ name: 'a' }])
  },
}

test.each(Object.entries(patches))('R-16: a patch costs no more than its size: %s', async (_, make) => {
  expect(await growsTooFast(make)).toBe(false)
})

test.each(Object.entries(bundles))('R-16: a request costs no more than its size: %s', async (_, make) => {
  expect(await growsTooFast(make)).toBe(false)
})
