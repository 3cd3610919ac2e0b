import type { Tx } from '#db'
import type { Faults } from './faults.ts'

const most = 100

/** Whether entries that name several patients stand in the access history of each of them, and of nobody else. */
export async function verifySubjects(tx: Tx, faults: Faults): Promise<void> {
  const { rows: missing } = await tx.query<{ id: string }>({
    text: `select distinct e.id from ledger.entry as e, generate_series(0, length(e.patients) / 16 - 1) as place
      where e.patients <> '' and not exists (
        select from ledger.subject as s
        where s.patient = encode(substring(e.patients from place * 16 + 1 for 16), 'hex')::uuid
          and s.at = e.at and s.entry = e.id and s.tenant = e.tenant)
      limit $1`,
    values: [most],
  })
  for (const { id } of missing) {
    faults.add({ entry: id, what: 'The entry is missing from the access history of a patient it names.' })
  }
  const { rows: unfounded } = await tx.query<{ entry: string }>({
    text: `select distinct s.entry from ledger.subject as s where not exists (
        select from ledger.entry as e
        where e.id = s.entry and e.at = s.at and e.tenant = s.tenant and position(uuid_send(s.patient) in e.patients) > 0)
      limit $1`,
    values: [most],
  })
  for (const { entry } of unfounded) {
    faults.add({ entry, what: 'The entry stands in the access history of a patient it does not name.' })
  }
}
