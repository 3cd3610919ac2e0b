import { describe, expect, test } from 'vitest'
import { readReference } from './reference-text.ts'
import { type LinkKind, referencesIn, rewriteLiterals, rewriteReferences } from './references.ts'
import type { Resource } from './resource.ts'

const document = (): Resource => ({
  resourceType: 'DocumentReference',
  text: {
    status: 'generated',
    div: `<div><a class="x" href="urn:uuid:1">urn:uuid:1</a><img src='urn:uuid:2' alt=""/><a href="#p">p</a></div>`,
  },
  contained: [{ resourceType: 'Patient', id: 'p', managingOrganization: { reference: 'urn:uuid:1' } }],
  subject: { reference: '#p', display: 'urn:uuid:1' },
  author: [{ reference: 'urn:uuid:2' }, { display: 'no text' }, { reference: 'Practitioner/7' }],
  masterIdentifier: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:1' },
  extension: [
    { url: 'http://example.org/e', valueReference: { reference: 'urn:uuid:1' } },
    { url: 'http://example.org/e', valueUri: 'urn:uuid:2' },
  ],
  content: [{ attachment: { url: 'urn:uuid:2', title: 'urn:uuid:2' } }],
})

test('every literal reference is found, with its path', () => {
  const found = referencesIn(document()).map(({ path, reference }) => [path, reference.reference])
  expect(found).toEqual([
    ['DocumentReference.contained[0].managingOrganization', 'urn:uuid:1'],
    ['DocumentReference.subject', '#p'],
    ['DocumentReference.author[0]', 'urn:uuid:2'],
    ['DocumentReference.author[2]', 'Practitioner/7'],
    ['DocumentReference.extension[0].valueReference', 'urn:uuid:1'],
  ])
})

test('a reference found is the object in the resource itself', () => {
  const resource: Resource = { resourceType: 'Observation', subject: { reference: 'Patient/1' } }
  expect(referencesIn(resource)[0]?.reference).toBe(resource['subject'])
})

test('literal references alone are rewritten as all links are, and asked about in the same order', () => {
  const [one, other] = [document(), document()]
  const asked: string[][] = [[], []]
  const map = (text: string, list: number): string => {
    asked[list]!.push(text)
    return `${text}/new`
  }
  rewriteLiterals(one, (text) => map(text, 0))
  rewriteReferences(other, (text, kind) => (kind === 'reference' ? map(text, 1) : undefined))
  expect(one).toEqual(other)
  expect(asked[0]).toEqual(asked[1])
  expect(asked[0]).toHaveLength(4)
  expect(rewriteLiterals(one, () => undefined)).toBeUndefined()
  expect(one).toEqual(other)
})

describe('rewriting', () => {
  const map = new Map([
    ['urn:uuid:1', 'Organization/one'],
    ['urn:uuid:2', 'Binary/two'],
  ])

  test('reaches references, uris, attachments, contained resources, extensions and narrative, and no other text', () => {
    const resource = document()
    rewriteReferences(resource, (text) => map.get(text))
    expect(resource).toEqual({
      resourceType: 'DocumentReference',
      text: {
        status: 'generated',
        div: `<div><a class="x" href="Organization/one">urn:uuid:1</a><img src="Binary/two" alt=""/><a href="#p">p</a></div>`,
      },
      contained: [{ resourceType: 'Patient', id: 'p', managingOrganization: { reference: 'Organization/one' } }],
      subject: { reference: '#p', display: 'urn:uuid:1' },
      author: [{ reference: 'Binary/two' }, { display: 'no text' }, { reference: 'Practitioner/7' }],
      masterIdentifier: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:1' },
      extension: [
        { url: 'http://example.org/e', valueReference: { reference: 'Organization/one' } },
        { url: 'http://example.org/e', valueUri: 'Binary/two' },
      ],
      content: [{ attachment: { url: 'Binary/two', title: 'urn:uuid:2' } }],
    })
  })

  test('a map that knows nothing changes nothing', () => {
    const resource = document()
    rewriteReferences(resource, () => undefined)
    expect(resource).toEqual(document())
  })

  test('the three elements called reference that are uris are said to be', () => {
    const asked: [string, LinkKind][] = []
    const ask = (text: string, kind: LinkKind): undefined => void asked.push([text, kind])
    rewriteReferences({ resourceType: 'DetectedIssue', reference: 'a' }, ask)
    rewriteReferences({ resourceType: 'Immunization', education: [{ reference: 'b' }] }, ask)
    const expression = { language: 'text/cql', reference: 'c' }
    rewriteReferences({ resourceType: 'PlanDefinition', action: [{ condition: [{ expression }] }] }, ask)
    expect(asked).toEqual([
      ['a', 'uri'],
      ['b', 'uri'],
      ['c', 'uri'],
    ])
  })

  test('a query in narrative keeps its XML', () => {
    const resource: Resource = {
      resourceType: 'Basic',
      text: { div: '<div><a href="Patient?a=1&amp;b=2">x</a></div>' },
    }
    rewriteReferences(resource, (text) => (text === 'Patient?a=1&b=2' ? 'Patient/"&<' : undefined))
    expect(resource['text']).toEqual({ div: '<div><a href="Patient/&quot;&amp;&lt;">x</a></div>' })
  })
})

describe('the text of a reference', () => {
  test.each<[string, ReturnType<typeof readReference>]>([
    ['Patient/1', { kind: 'record', base: '', type: 'Patient', id: '1', version: undefined }],
    ['Patient/1/_history/2', { kind: 'record', base: '', type: 'Patient', id: '1', version: '2' }],
    [
      'https://a.example/fhir/Patient/1',
      { kind: 'record', base: 'https://a.example/fhir/', type: 'Patient', id: '1', version: undefined },
    ],
    ['Patient?identifier=a|b', { kind: 'condition', type: 'Patient', query: 'identifier=a|b' }],
    ['#a', { kind: 'contained', id: 'a' }],
    ['#', { kind: 'contained', id: '' }],
    ['urn:uuid:Patient/1', { kind: 'address' }],
    ['Patiens/1', { kind: 'address' }],
    ['../Patient/1', { kind: 'address' }],
    ['javascript:Patient/1', { kind: 'address' }],
    ['', { kind: 'address' }],
  ])('%s', (text, read) => {
    expect(readReference(text)).toEqual(read)
  })
})
