import type { SystemStatus } from '@chartkeep/model/office'
import { expect, test } from 'vitest'
import { findingsOf } from './findings.ts'

const now = Date.parse('2026-03-12T10:00:00Z')
const kept = { name: 'second volume', failing: false }

function tones(ledger: Partial<SystemStatus['ledger']>): readonly string[] {
  const status: SystemStatus = {
    version: '0.1.0',
    started: '2026-03-12T08:00:00Z',
    ledger: { sequenced: 10, caughtUpAt: '2026-03-12T09:59:59Z', witnesses: [kept], ...ledger },
    database: { kind: 'embedded', version: '18', bytes: 1 },
    keys: { epoch: 1, source: 'file' },
  }
  return findingsOf(status, now).map((finding) => finding.tone)
}

test.each<[string, Partial<SystemStatus['ledger']>, string[]]>([
  ['all in the tree and copied: calm', {}, ['calm', 'calm']],
  [
    'a quiet night: an old checkpoint is calm while nothing is left to take in',
    { checkpointAt: '2026-03-11T10:00:00Z' },
    ['calm', 'calm'],
  ],
  ['uncovered for half a minute waits', { caughtUpAt: '2026-03-12T09:59:30Z' }, ['wait', 'calm']],
  ['uncovered for minutes is harm', { caughtUpAt: '2026-03-12T09:50:00Z' }, ['harm', 'calm']],
  ['a fault of the sequencer is harm at once', { fault: 'the disk is full' }, ['harm', 'calm']],
  ['a witness that fails is named', { witnesses: [{ ...kept, failing: true }, kept] }, ['calm', 'harm', 'calm']],
  ['no witness at all is harm', { witnesses: [] }, ['calm', 'harm']],
])('%s', (_, ledger, expected) => {
  expect(tones(ledger)).toEqual(expected)
})
