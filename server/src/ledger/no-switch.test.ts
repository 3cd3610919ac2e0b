// Recording cannot be switched off: 45 CFR 164.312(b) has no exception for a system that is slow. This reads every source
// of the server and fails for a setting, flag or property that would be such a switch, before anyone can set it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const folder = join(import.meta.dirname, '..', '..')

const switches = new Set([
  'off',
  'disable',
  'disabled',
  'enable',
  'enabled',
  'skip',
  'skipped',
  'none',
  'no',
  'without',
  'bypass',
  'suppress',
  'optional',
])
const isOurs = (word: string): boolean => /^(audit\w*|ledger\w*|recording)$/.test(word)
const isRecord = (word: string): boolean => isOurs(word) || /^records?$/.test(word)

/** `AUDIT_OFF`, `--no-ledger`, `skipAudit` → their words in lower case. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean)

/** What an operator or a caller could set: names of settings, environment variables and command line flags. */
function settingsIn(source: string): string[] {
  const forms = [
    /readSetting\(\s*['"`]([^'"`]+)/g,
    /process\.env(?:\.|\[['"`])(\w+)/g,
    /['"`](--[\w-]+)/g,
    /['"]?([\w-]+)['"]?\s*:\s*\{[^{}]*\btype:\s*['"](?:boolean|string)['"]/g, // an option of parseArgs
    /\b([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)\b/g,
  ]
  return forms.flatMap((form) => [...source.matchAll(form)].map((match) => match[1] ?? ''))
}

/** Every name that would switch recording off. */
function findSwitches(text: string): string[] {
  const source = text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:\\'"`])\/\/[^\n]*/g, '')
  const bySetting = settingsIn(source).filter((name) => {
    const words = wordsOf(name)
    return words.some(isRecord) && words.some((word) => switches.has(word))
  })
  const byName = [...source.matchAll(/[A-Za-z][\w$]*/g)]
    .map(([name]) => name)
    .filter((name) => {
      const words = wordsOf(name)
      return words.some(
        (word, at) => isOurs(word) && (switches.has(words[at - 1] ?? '') || switches.has(words[at + 1] ?? '')),
      )
    })
  return [...new Set([...bySetting, ...byName])]
}

function sourcesIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name)
    if (entry.isDirectory()) return ['node_modules', 'test'].includes(entry.name) ? [] : sourcesIn(child)
    return /\.(ts|mjs|js|json|sql)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [child] : []
  })
}

describe('the search finds', () => {
  test.each([
    [`readSetting('CHARTKEEP_AUDIT')`, []],
    [`readSetting('CHARTKEEP_AUDIT_DISABLED')`, ['CHARTKEEP_AUDIT_DISABLED']],
    [`readSetting("RECORD_ACCESS_OFF")`, ['RECORD_ACCESS_OFF']],
    [`process.env.SKIP_LEDGER`, ['SKIP_LEDGER']],
    [`process.env['NO_AUDIT']`, ['NO_AUDIT']],
    [`['--without-recording']`, ['--without-recording']],
    [`{ 'skip-records': { type: 'boolean', default: false } }`, ['skip-records']],
    [`if (options.auditEnabled) await ledger.record(facts)`, ['auditEnabled']],
    [`const ledgerOff = true`, ['ledgerOff']],
    [`type Recording = { disableRecording: boolean }`, ['disableRecording']],
    [`// an audit off the record`, []],
    [`const skippedRecords = report.rejected`, []],
    [`const origin = 'https://off.example/audit'`, []],
  ])('%s → %j', (source, names) => {
    expect(findSwitches(source)).toEqual(names)
  })
})

test('nothing in the server switches recording off', () => {
  const sources = sourcesIn(folder)
  expect(sources.length).toBeGreaterThan(30)
  const found = sources.flatMap((path) => findSwitches(readFileSync(path, 'utf8')).map((name) => `${path}: ${name}`))
  expect(found).toEqual([])
})
