import fc from 'fast-check'
import { expect } from 'vitest'
import { listOf } from '../desk.ts'
import { test } from '../rest-rig.ts'

// R4 http, 3.1.0.11.2: in a transaction, each reference leads to the entry that it names, in whichever way and order.

const root = 'https://source.example/fhir/'
const uuid = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`

interface Named {
  readonly fullUrl: string
  /** Its path below the root, when that is where it comes from. */
  readonly path: string | undefined
}

function nameOf(type: string, at: number, how: 'urn' | 'address'): Named {
  if (how === 'urn') return { fullUrl: `urn:uuid:${uuid(at)}`, path: undefined }
  return { fullUrl: `${root}${type}/${at}`, path: `${type}/${at}` }
}

/** What is looked at of what was stored. */
interface Stored {
  resourceType: string
  id: string
  name: [{ family: string }]
  valueString: string
  subject: { reference: string }
}

const how = fc.constantFrom('urn', 'address')
const bundles = fc.record({
  patients: fc.array(how, { minLength: 1, maxLength: 6 }),
  observations: fc.array(
    fc.record({ how, target: fc.nat(), by: fc.constantFrom('fullUrl', 'relative', 'version', 'condition') }),
    { minLength: 1, maxLength: 10 },
  ),
  order: fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
})

test('R-09: in any transaction, each reference leads to its own target', async ({ rest: { fhir } }) => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(bundles, async ({ patients, observations, order }) => {
      run++
      const people = patients.map((one, at) => ({ ...nameOf('Patient', at, one), mark: `${run}-${at}` }))
      const references = observations.map(({ how: own, target, by }, at) => {
        const named = nameOf('Observation', 100 + at, own)
        const person = people[target % people.length]!
        // Relative to where the entry comes from: both have to come from there.
        const relative = by === 'relative' && named.path !== undefined ? person.path : undefined
        const condition = by === 'condition' ? `Patient?identifier=urn:mrn|${person.mark}` : undefined
        const version = by === 'version' && person.path !== undefined ? `${person.fullUrl}/_history/1` : undefined
        return { named, mark: person.mark, reference: relative ?? condition ?? version ?? person.fullUrl }
      })
      const entry = [
        ...people.map(({ fullUrl, mark }) => ({
          fullUrl,
          resource: {
            resourceType: 'Patient',
            identifier: [{ system: 'urn:mrn', value: mark }],
            name: [{ family: mark }],
          },
          request: { method: 'POST', url: 'Patient' },
        })),
        ...references.map(({ named, mark, reference }) => ({
          fullUrl: named.fullUrl,
          resource: {
            ...{ resourceType: 'Observation', status: 'final', code: { text: 'x' }, valueString: mark },
            subject: { reference },
          },
          request: { method: 'POST', url: 'Observation' },
        })),
      ]
        .map((one, at) => ({ one, rank: order[at] ?? 0 }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ one }) => one)
      const answer = await fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
      expect(answer.status, answer.text).toBe(200)
      const stored = listOf(answer.json['entry']).map(({ resource }) => resource as unknown as Stored)
      const families = new Map(
        stored.flatMap((one) => (one.resourceType === 'Patient' ? [[`Patient/${one.id}`, one.name[0].family]] : [])),
      )
      const led = stored.flatMap((one) =>
        one.resourceType === 'Observation'
          ? [[one.valueString, families.get(one.subject.reference.replace(/\/_history\/1$/, ''))]]
          : [],
      )
      expect(led.filter(([mark, family]) => mark !== family)).toEqual([])
      expect(led).toHaveLength(observations.length)
    }),
    { numRuns: 60 },
  )
})
