import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Span, textOfSpan, textsTouching } from './spans.ts'

const dayMs = 86_400_000
const time = fc.integer({ min: Date.UTC(1890, 0), max: Date.UTC(2090, 0) })
/** From moments to decades, and with open ends. */
const lasting = fc.oneof(
  fc.constantFrom(0, 1, dayMs - 1, dayMs, dayMs + 1, 32 * dayMs, 256 * dayMs, 2048 * dayMs, Infinity),
  fc.integer({ min: 0, max: 5000 * dayMs }),
)
const span: fc.Arbitrary<Span> = fc
  .record({ low: fc.oneof({ weight: 9, arbitrary: time }, { weight: 1, arbitrary: fc.constant(-Infinity) }), lasting })
  .map(({ low, lasting: ms }) => ({ low, high: low === -Infinity ? 0 : low + ms }))

test('a time that touches an interval is among those that are looked up for it, wherever they lie', () => {
  const near = fc.record({ found: span, offset: fc.integer({ min: -40 * dayMs, max: 40 * dayMs }), length: fc.integer({ min: 1, max: 390 * dayMs }) }) // oxfmt-ignore
  fc.assert(
    fc.property(near, ({ found, offset, length }) => {
      const base = Number.isFinite(found.low) ? found.low : found.high
      const asked = { low: base + offset, high: base + offset + length }
      const texts = textsTouching(asked, false) ?? []
      const touches = found.high > asked.low && found.low < asked.high
      if (touches) expect(texts).toContain(textOfSpan(found))
      const within = asked.low <= found.low && found.high <= asked.high
      if (within) expect(textsTouching(asked, true)).toContain(textOfSpan(found))
      expect(new Set(texts).size).toBe(texts.length)
    }),
    { numRuns: 3000 },
  )
})

test('an interval whose ends are the wrong way round finds what reaches over both', () => {
  const stay = { low: Date.UTC(2024, 0, 3), high: Date.UTC(2024, 5, 1) }
  const texts = textsTouching({ low: Date.UTC(2024, 4, 1), high: Date.UTC(2024, 1, 1) }, false)
  expect(texts).toContain(textOfSpan(stay))
})

test('a day is one look-up where the time has to lie in it, and a month some forty where it may reach over', () => {
  const day = { low: Date.UTC(2024, 0, 5), high: Date.UTC(2024, 0, 6) }
  expect(textsTouching(day, true)).toHaveLength(1)
  const month = { low: Date.UTC(2024, 0, 1), high: Date.UTC(2024, 1, 1) }
  expect(textsTouching(month, false)?.length).toBeLessThan(45)
})

test('what is open or longer than 400 days is not looked up', () => {
  expect(textsTouching({ low: 0, high: Infinity }, false)).toBeUndefined()
  expect(textsTouching({ low: -Infinity, high: 0 }, true)).toBeUndefined()
  expect(textsTouching({ low: 0, high: 401 * dayMs }, false)).toBeUndefined()
})
