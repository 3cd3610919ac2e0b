import { expect, test } from 'vitest'
import { addressBytes, isCovered, parseName, privateRanges, privateSuffixes } from './names.ts'

test.each<[string, string | undefined]>([
  ['Chart.Example.ORG', 'chart.example.org'],
  ['192.168.1.5', '192.168.1.5'],
  ['fe80::1', 'fe80::1'],
  ['under_score.example', undefined],
  ['-dash.example', undefined],
  ['two words', undefined],
  ['*.example.org', undefined],
  ['', undefined],
])('the server name %j is read as %j', (text, expected) => {
  expect(parseName(text)).toBe(expected)
})

test.each([
  ['127.0.0.1', '7f000001'],
  ['::1', '00000000000000000000000000000001'],
  ['fe80::', 'fe800000000000000000000000000000'],
  ['2001:db8::a:1', '20010db80000000000000000000a0001'],
  ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
])('the address %s has the bytes %s', (address, hex) => {
  expect(addressBytes(address).toString('hex')).toBe(hex)
})

test.each<[string, boolean]>([
  ['localhost', true],
  ['box.local', true],
  ['chart.clinic.example', true],
  ['door.chart.clinic.example', true],
  ['clinic.example', false],
  ['notlocal', false],
  ['evil-chart.clinic.example', false],
  ['127.9.9.9', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['8.8.8.8', false],
  ['::1', true],
  ['fd12::1', true],
  ['2001:db8::1', false],
])('an authority made for chart.clinic.example covers %s: %s', (name, covered) => {
  expect(isCovered(name, [...privateSuffixes, 'chart.clinic.example', ...privateRanges])).toBe(covered)
})
