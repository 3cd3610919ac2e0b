import type { SystemStatus } from '@chartkeep/model/office'
import { expect, test } from 'vitest'
import { findingsOf } from './findings.ts'

const now = Date.parse('2026-03-12T10:00:00Z')

function tones(ledger: Partial<SystemStatus['ledger']>): readonly string[] {
  const status: SystemStatus = {
    version: '0.1.0',
    started: '2026-03-12T08:00:00Z',
    ledger: { entries: 10, sequenced: 10, checkpointAt: '2026-03-12T09:59:59Z', witnesses: [{ name: 'w', size: 10, behindSeconds: 0 }], ...ledger },
    database: { kind: 'embedded', version: '18', bytes: 1 },
    keys: { epoch: 1, source: 'file' },
  }
  return findingsOf(status, now).map((finding) => finding.tone)
}

test.each([
  ['all in the tree and copied: calm', {}, ['calm', 'calm']],
  ['a quiet night without new entries is calm, however old the checkpoint', { checkpointAt: '2026-03-11T10:00:00Z' }, ['calm', 'calm']],
  ['entries of the last second are calm', { entries: 12 }, ['calm', 'calm']],
  ['uncovered for half a minute waits', { entries: 12, checkpointAt: '2026-03-12T09:59:30Z' }, ['wait', 'calm']],
  ['uncovered for minutes is harm', { entries: 12, checkpointAt: '2026-03-12T09:50:00Z' }, ['harm', 'calm']],
  ['a witness that is behind is named', { witnesses: [{ name: 'w', size: 1, behindSeconds: 300 }] }, ['calm', 'harm']],
  ['no witness at all is harm', { witnesses: [] }, ['calm', 'harm']],
])('%s', (_, ledger, expected) => {
  expect(tones(ledger)).toEqual(expected)
})
