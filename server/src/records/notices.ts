import { type Id, parseId } from '#base'
import type { Tx } from '#db'
import type { Row } from './row.ts'

// Other processes on the same database (an import beside the server) keep faces of patients in memory too. They are told
// which patients changed when the change commits: ids, nothing of what they say. Other changes are told by changes.ts.

export const patientsChannel = 'records_patients'
// PostgreSQL takes payloads up to 8,000 bytes.
const mostIds = 200

/** Tells the other processes, once this transaction commits. `origin` names ours, which knows already. */
export async function tellPatients(tx: Tx, origin: string, rows: readonly Pick<Row, 'type' | 'id'>[]): Promise<void> {
  const ids = rows.flatMap(({ type, id }) => (type === 'Patient' ? [id] : []))
  for (let from = 0; from < ids.length; from += mostIds) {
    const payload = [origin, ...ids.slice(from, from + mostIds)].join(' ')
    await tx.query({ name: 'records.tell', text: 'select pg_notify($1, $2)', values: [patientsChannel, payload] })
  }
}

/** The ids that another process told of; undefined for our own notice. [] when some may have been missed. */
export function patientsTold(origin: string, payload: string): Id<string>[] | undefined {
  const [from, ...texts] = payload.split(' ')
  return from === origin ? undefined : texts.flatMap((text) => parseId<string>(text) ?? [])
}
