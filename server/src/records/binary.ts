import { Readable } from 'node:stream'
import { bucketOf, type Clock, newId, Refusal } from '#base'
import type { Database } from '#db'
import type { Ledger } from '#ledger'
import { type Content, openContent, storeContent } from './content.ts'
import { markBeside, withoutMark } from './content-mark.ts'
import { homePatient } from './home-patient.ts'
import type { PatientKeys } from './patient-keys.ts'
import { read, type ReadStores } from './read.ts'
import type { Records } from './records.ts'
import { hasContext } from './security-context.ts'
import { parseStored, type Stored } from './visible.ts'
import { write, type WriteStores } from './write.ts'

/** The largest document or image, in bytes. */
export const contentLimit = 1024 ** 3

/** Documents and images: a Binary record, and its content beside it in sealed pieces. */
export function openBinaries(
  stores: WriteStores & ReadStores & { db: Database; ledger: Ledger; patientKeys: PatientKeys; clock: Clock },
): {
  store: Records['storeBinary']
  open: Records['openBinary']
} {
  return {
    async store(grant, resource, stream, request) {
      if (resource.resourceType !== 'Binary') throw new Refusal('resource-mismatch')
      const { tenant } = grant.question.actor
      const patient = homePatient(resource)
      const [held] = await stores.patientKeys.find(tenant, [patient])
      if (held === undefined || !(await hasContext(stores, tenant, resource))) {
        const finding = {
          expression: 'Binary.securityContext',
          issue: 'not-found',
          text: 'This leads to no record here.',
        }
        throw new Refusal('reference-unresolved', { findings: [finding] })
      }
      const id = newId<string>(stores.clock.now(), patient === undefined ? undefined : bucketOf(patient))
      await storeContent(stores.db, { tenant, id, key: held.key }, stream, contentLimit)
      // Content without its record cannot be reached: if this fails, what was stored is as good as nothing.
      const [written] = await write(stores, [{ kind: 'create', grant, resource: markBeside(resource), id }], request)
      if (written === undefined) throw new Error('a create answers what it made')
      return withoutMark(written)
    },
    async open(grant, id, request) {
      if (grant.question.type !== 'Binary') throw new Error('the grant is for another type')
      const stored = await read(stores, grant, id, request)
      const { tenant } = grant.question.actor
      const held = await stores.patientKeys.require(tenant, stored.patient)
      const content = await openContent(stores.db, { tenant, id, key: held.key })
      // One that came among other resources, in a transaction or an import, has its content within it.
      return { stored, ...(content ?? withinRecord(stored)) }
    },
  }
}

function withinRecord({ json }: Stored): Content {
  const { data } = parseStored(json)
  if (typeof data !== 'string') throw new Refusal('record-damaged')
  const content = Buffer.from(data, 'base64')
  return {
    size: content.length,
    read: (from = 0, end = content.length) => Readable.from([content.subarray(from, end)], { objectMode: false }),
  }
}
