import { expect } from 'vitest'
import { openLog, systemClock } from '#base'
import { openRecords } from '#records'
import { createPatient, grant, newRequest, test } from '../../test/fixtures.ts'

test('a process that starts knows every patient but one that is damaged, which it names in the log', async ({
  records,
  db,
  keys,
  ledger,
  owner,
}) => {
  const whole = await createPatient(records, { name: [{ family: 'Marchetti', given: ['Una'] }] })
  const damaged = await createPatient(records, { name: [{ family: 'Marchetti', given: ['Bo'] }] })
  await owner.query(
    'update records.resource set body = set_byte(body, length(body) - 1, get_byte(body, length(body) - 1) # 1) where id = $1',
    [damaged],
  )
  const logged: { msg: string; record?: string; err?: { kind?: string } }[] = []
  const log = openLog('error', { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[number]) })
  const other = await openRecords({ db, keys, ledger, clock: systemClock, log })
  const { patients } = await other.findPatients(grant('search', 'Patient'), 'marchetti', 20, newRequest())
  expect(patients.map(({ face }) => face.id)).toEqual([whole])
  expect(logged.map(({ msg, record, err }) => [msg, record, err?.kind])).toEqual([
    ['a patient could not be read into the index', damaged, 'Refusal'],
  ])
  await other.close()
})
