import { expect, test } from 'vitest'
import { formatJson, parseJson, type Resource } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import { readJsonPatch } from './json-patch.ts'

const patched = (doc: unknown, patch: unknown): unknown => readJsonPatch(patch)(structuredClone(doc) as Resource)

const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'done'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

const doc = {
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x', coding: [{ code: 'a' }, { code: 'b' }, { code: 'c' }] },
}

test('R-07: each operation of RFC 6902 does what it says', () => {
  const apply = (...operations: object[]) => patched(doc, operations)
  expect(apply({ op: 'add', path: '/code/coding/1', value: { code: 'n' } })).toMatchObject({
    code: { coding: [{ code: 'a' }, { code: 'n' }, { code: 'b' }, { code: 'c' }] },
  })
  expect(apply({ op: 'move', from: '/code/coding/2', path: '/code/coding/0' })).toMatchObject({
    code: { coding: [{ code: 'c' }, { code: 'a' }, { code: 'b' }] },
  })
  expect(apply({ op: 'copy', from: '/code/coding/0', path: '/code/coding/-' })).toMatchObject({
    code: { coding: [{ code: 'a' }, { code: 'b' }, { code: 'c' }, { code: 'a' }] },
  })
  expect(apply({ op: 'replace', path: '', value: { resourceType: 'Basic' } })).toEqual({ resourceType: 'Basic' })
  expect(apply({ op: 'test', path: '/code', value: { coding: doc.code.coding, text: 'x' } })).toEqual(doc)
})

test('R-07: a list that lost its last member is gone, one that was sent empty is not', () => {
  const emptied = patched(
    doc,
    [0, 1, 2].map(() => ({ op: 'remove', path: '/code/coding/0' })),
  )
  expect(emptied).toEqual({ ...doc, code: { text: 'x' } })
  expect(patched(doc, [{ op: 'add', path: '/note', value: [] }])).toEqual({ ...doc, note: [] })
})

test('R-07: decimals keep the digits they were written with, in the record and in the patch', () => {
  const text = (json: string) => parseJson(Buffer.from(json))
  const resource = text(
    '{"resourceType":"Observation","valueQuantity":{"value":1.50},"component":[{"valueQuantity":{"value":2.00}}]}',
  )
  const patch = readJsonPatch(
    text(
      '[{"op":"replace","path":"/valueQuantity/value","value":7.10},{"op":"copy","from":"/component/0","path":"/component/-"}]',
    ),
  )
  expect(formatJson(patch(resource as Resource) as object)).toBe(
    '{"resourceType":"Observation","valueQuantity":{"value":7.10},"component":[{"valueQuantity":{"value":2.00}},{"valueQuantity":{"value":2.00}}]}',
  )
})

const malformed: [string, unknown][] = [
  ['no list', { op: 'add' }],
  ['an operation that is none', [{ op: 'merge', path: '/a' }]],
  ['no path', [{ op: 'remove' }]],
  ['a path that is no pointer', [{ op: 'remove', path: 'status' }]],
  ['an escape that is none', [{ op: 'remove', path: '/a~2' }]],
  ['no value', [{ op: 'add', path: '/status' }]],
  ['a move into itself', [{ op: 'move', from: '/code', path: '/code/text' }]],
  ['a path into a prototype', [{ op: 'add', path: '/__proto__/polluted', value: true }]],
  ['a path to a constructor', [{ op: 'add', path: '/constructor/prototype/polluted', value: true }]],
  ['more steps than a body is deep', [{ op: 'remove', path: '/a'.repeat(65) }]],
  ['too many operations', Array.from({ length: 1001 }, () => ({ op: 'test', path: '/status', value: 'final' }))],
]

test.for(malformed)('R-07, R-16: a patch with %s is refused as malformed', ([, patch]) => {
  expect(codeOf(() => readJsonPatch(patch))).toBe('patch-invalid')
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

const unfitting: [string, object][] = [
  ['tests what is not so', { op: 'test', path: '/status', value: 'amended' }],
  ['tests a number against its text', { op: 'test', path: '/code/coding/0/code', value: 1 }],
  ['removes what is not there', { op: 'remove', path: '/subject' }],
  ['replaces what is not there', { op: 'replace', path: '/subject', value: {} }],
  ['adds into what is not there', { op: 'add', path: '/subject/reference', value: 'Patient/1' }],
  ['adds past the end of a list', { op: 'add', path: '/code/coding/4', value: {} }],
  ['counts with a leading zero', { op: 'remove', path: '/code/coding/01' }],
  ['reaches into a text', { op: 'remove', path: '/status/0' }],
  ['reaches for what objects have by birth', { op: 'test', path: '/toString', value: {} }],
]

test.for(unfitting)('R-07: a patch that %s does not fit', ([, operation]) => {
  expect(codeOf(() => patched(doc, [operation]))).toBe('patch-failed')
})

test('R-16: copies of copies stop at the limits of a body', () => {
  const wide = Array.from({ length: 70 }, () => ({ op: 'copy', from: '/code', path: '/code/text' }))
  expect(codeOf(() => patched(doc, wide))).toMatch(/too-large|body-too-deep/)
  const long = Array.from({ length: 1000 }, () => ({ op: 'copy', from: '/code/coding', path: '/code/coding/-' }))
  expect(codeOf(() => patched(doc, long))).toMatch(/too-large|body-too-deep/)
})
