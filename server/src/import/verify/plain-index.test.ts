import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openKeys } from '../identity.ts'
import { SourceIndex } from '../source-index.ts'
import { PlainIndex } from './plain-index.ts'

const keyOf = openKeys(createSecretKey(Buffer.alloc(32, 7)), 'clinic')
const names = Array.from({ length: 12 }, (_, at) => `name ${at}`)
const name = fc.constantFrom(...names)

const step = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    name,
    type: fc.constantFrom('Patient' as const, 'Patient' as const, 'Group' as const),
    print: fc.integer({ min: 0, max: 2 }),
    updated: fc.integer({ min: 0, max: 2 }),
    server: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({ kind: fc.constant('alias' as const), name, of: name }),
)
// Records are merged when all are known.
const mergeStep = fc.record({ kind: fc.constant('merge' as const), name, into: name })
const steps = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }), fc.array(mergeStep, { maxLength: 4 }))
  .map((parts) => parts.flat())

// Two makes of one thing: where they differ, one of them leads a name astray.
test('the packed index and the plain one lead every name to the same copy', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const [packed, plain] = [new SourceIndex(), new PlainIndex()]
      const found = taken.map((one, position) =>
        [packed, plain].map((index) => {
          const key = keyOf(one.name)
          if (one.kind === 'add') {
            const copy = { ...one, file: 0, position: position + 1 }
            const record = index.add(key, copy)
            return record === undefined ? undefined : index.positionOf(record)
          }
          const other = index.own(keyOf(one.kind === 'alias' ? one.of : one.into))
          if (one.kind === 'alias' && other !== undefined) index.alias(key, other)
          const record = index.find(key)
          if (one.kind === 'merge' && typeof record === 'number' && other !== undefined && record !== other)
            index.merge(record, other)
          return other !== undefined && index.positionOf(other)
        }),
      )
      for (const [ours, theirs] of found) expect(ours).toEqual(theirs)
      const places = (index: SourceIndex | PlainIndex) =>
        names.flatMap((text) =>
          [0, 1, 2].map((server) => {
            const record = index.find(keyOf(text), server)
            return typeof record === 'number' ? [index.positionOf(record), index.typeOf(record)] : record
          }),
        )
      expect(places(packed)).toEqual(places(plain))
    }),
    { numRuns: 2000 },
  )
})
