import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId, parseId } from '#base'
import { openBody, sealBody, spellPlace } from './body.ts'

// Buffers are lent, pooled and used again to be fast: what was handed out has to stay what it was while more is made.

const key = createSecretKey(Buffer.alloc(32, 3))
const patient = parseId<'patient'>('01a2027b-d803-8b8c-8446-7f1ca4f5f962')

function factsOf(version: number) {
  return {
    ...{
      tenant: 1,
      type: 'Observation' as const,
      id: newId<string>(version),
      version,
      updated: 1_800_000_000_000 + version,
    },
    ...{ patient, keyId: 1, at: version, deleted: false },
  } as const
}

describe('what was handed out stays what it was while more is made:', () => {
  // Around 64 KiB, where the shared buffers end.
  const size = fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 65_000, max: 66_500 }))

  test('sealed and opened bodies, of any size, in any number', () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 2, maxLength: 40, size: 'max' }), (sizes) => {
        const texts = sizes.map((length, at) =>
          Buffer.from(JSON.stringify({ resourceType: 'Observation', valueString: `${at}`.padEnd(length, `${at} x`) })),
        )
        const sealed = texts.map((text, at) => {
          const facts = factsOf(at + 1)
          const place = spellPlace(facts)
          return { facts, place, body: sealBody(key, place, facts, text) }
        })
        const opened = sealed.map(({ facts, place, body }) => openBody(key, place, facts, body))
        expect(opened.map((text) => text.toString())).toEqual(texts.map((text) => text.toString()))
      }),
      { numRuns: 30 },
    )
  })

  test('more seals than the pool has vectors for: none is used twice, and each opens', () => {
    const facts = factsOf(1)
    const place = spellPlace(facts)
    const text = Buffer.from('{"resourceType":"Observation"}')
    const sealed = Array.from({ length: 9000 }, () => sealBody(key, place, facts, text))
    expect(new Set(sealed.map((body) => body.toString('hex', 1, 13))).size).toBe(9000)
    expect(sealed.filter((body) => !openBody(key, place, facts, body).equals(text))).toEqual([])
  })

  test('ids, past the end of the pool that they are drawn from', () => {
    const ids = Array.from({ length: 5000 }, () => newId(0, 7))
    expect(new Set(ids).size).toBe(5000)
  })
})
