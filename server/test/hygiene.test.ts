// What must not be found in any file of the repository, and what every file of a kind must have.
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isText, linesOf, repositoryFiles, root, textOf } from './repository.ts'

const files = repositoryFiles().filter(isText)
const self = 'server/test/hygiene.test.ts'
const ours = files.filter((path) => path !== self && !path.endsWith('package-lock.json') && path !== 'LICENSE')
/** LOINC and HL7 have codes and names with XXX in them. */
const isWritten = (path: string): boolean => !path.startsWith('model/src/terminology/generated/')
const code = ours.filter((path) => /\.(tsx?|mjs|sql)$/.test(path))

const found = (paths: readonly string[], pattern: RegExp) => paths.flatMap((path) => linesOf(path, pattern))

describe('no file names', () => {
  test.each<[string, RegExp]>([
    ['a package registry', /registry\.npmjs|registry\.yarnpkg|npm\.pkg\.github|verdaccio|artifactory|npmmirror/i],
    ['a folder of the machine it was written on', /(?<![\w.])\/work\/|\/tmp\/(probe|brief)\b|\/root\/|\/home\/\w+\//],
    ['how it was written', /\b(sub-?agents?|language model|copilot|chatgpt|claude|anthropic|openai|co-authored-by)\b/i],
    ['an issue by number', /\bissues?[ #]+\d+\b|\b(?:see|fix(?:es)?|closes?|refs?) #\d+\b/i],
    ['something to do later', /\b(TODO|FIXME|XXX|HACK)\b/],
  ])('%s', (_, pattern) => {
    expect(found(ours.filter(isWritten), pattern)).toEqual([])
  })

  test('a host that packages come from, in a lock', () => {
    const locks = files.filter((path) => path.endsWith('package-lock.json'))
    expect(locks).toHaveLength(3)
    expect(found(locks, /"resolved": "(https?:|git)/)).toEqual([])
  })
})

describe('no file holds', () => {
  // Social security numbers of the ranges that are never given out may stand in tests: 000, 666 and from 900 on.
  test('what looks like a social security number', () => {
    expect(found(ours, /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/)).toEqual([])
  })

  // 555-01xx is set aside for fiction (North American Numbering Plan).
  test('what looks like a telephone number of somebody', () => {
    const number = /(?<![\w.:-])(?:\+?1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])(?!555[-. ]01\d\d)\d{3}[-. ]\d{4}(?![\w-])/
    expect(found(ours, number)).toEqual([])
  })

  // RFC 2606 and RFC 6761 set these domains aside.
  test('an address of mail that somebody could have', () => {
    const address =
      /[\w.+-]+@(?!(?:[\w-]+\.)*(?:example(?:\.(?:com|org|net))?|invalid|test|localhost)\b)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/i
    const where = ours.filter((path) => !path.endsWith('package.json'))
    expect(found(where, address)).toEqual([])
  })

  test('a private key', () => {
    const inTests = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*\n?[A-Za-z0-9+/]{20,}/
    expect(ours.filter((path) => inTests.test(textOf(path)))).toEqual([])
  })
})

test('an exception from a lint rule gives its reason after --', () => {
  expect(found(code, /(?:oxlint|eslint)-disable(?!.* -- \S)/)).toEqual([])
})

test('a test waits for what is sure to come by `eventually` or `expect.poll`, and no shorter than they do', () => {
  const tests = code.filter((path) => path !== self && /\.test\.tsx?$|^server\/test\/|^web\/e2e\//.test(path))
  expect(found(tests, /vi\.waitFor\(/).filter((line) => !line.startsWith('server/test/eventually.ts'))).toEqual([])
  expect(found(tests, /\btimeout: ?(?:\d{1,4}|1\d_?\d{3})\b/)).toEqual([])
})

// Without a size, fast-check makes lists and texts of ten at most, whatever their greatest length is.
test('a law that names a greatest length makes values of that length', () => {
  const laws = code.filter((path) => path !== self && /\.test\.tsx?$/.test(path) && /'fast-check'/.test(textOf(path)))
  expect(laws.length).toBeGreaterThan(20)
  expect(
    found(laws, /^(?!.*minLength: (\d+), maxLength: \1\b).*maxLength(: (?!10\b)\d{2,}| \})(?!.*size: 'max')/),
  ).toEqual([])
})

test('an exception from the type checker gives its reason', () => {
  expect(found(code, /@ts-(?:ignore|nocheck)|@ts-expect-error\s*$/)).toEqual([])
})

test('.ci/run is executable and runs the command that the README gives', () => {
  accessSync(join(root, '.ci/run'), constants.X_OK)
  expect(textOf('.ci/run')).toMatch(/^exec npm test$/m)
  expect(textOf('README.md')).toMatch(/^npm test\b/m)
})

describe('settings of the environment', () => {
  const read = code
    .filter((path) => path.startsWith('server/src/') && !path.endsWith('.test.ts'))
    .flatMap((path) => [...textOf(path).matchAll(/readSetting\('([A-Z_]+)'\)/g)])
    .map(([, name = '']) => name)

  test('are those that docs/operations/settings.md lists', () => {
    const listed = [...textOf('docs/operations/settings.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name)
    expect([...new Set(read)].toSorted()).toEqual(listed.toSorted())
  })

  test('cannot turn the recording of accesses off', () => {
    expect(read.filter((name) => /audit|ledger|record|access/i.test(name))).toEqual([])
  })
})

// The id of a requirement in a test's name, such as `H-T04`: which standard's clause the test shows.
describe('requirement ids', () => {
  const id = /(?<![\w-])[A-Z]-(?:[A-Z]\d{1,2}|\d{2})(?![\w-])/g
  const table = textOf('docs/security/requirements.md')
  const listed = [...table.matchAll(/^\| ([A-Z]-[A-Z]?\d{1,2}) \|/gm)].map(([, name = '']) => name)
  // A string of a test file that begins or ends with an id is a name, whatever shape the call around it has.
  const named = /(['"`])(?:((?:[A-Z]-[A-Z]?\d+[,: ]+)+)\S[^'"`\n]*|[^'"`\n]* \(((?:[A-Z]-[A-Z]?\d+(?:, )?)+)\))\1/g
  const inNames = files
    .filter((path) => /\.test\.tsx?$/.test(path) && path !== self)
    .flatMap((path) => [...textOf(path).matchAll(named)])
    .flatMap(([, , before = '', after = '']) => `${before} ${after}`.match(id) ?? [])

  test('in the names of tests are well-formed and listed in docs/security/requirements.md', () => {
    const unknown = inNames.filter((name) => !listed.includes(name))
    expect([...new Set(unknown)]).toEqual([])
  })

  test('in docs/security/requirements.md each have a test', () => {
    expect(listed.filter((name) => !inNames.includes(name))).toEqual([])
  })

  test('in docs/security/requirements.md stand once', () => {
    expect(listed.filter((name, at) => listed.indexOf(name) !== at)).toEqual([])
  })
})
