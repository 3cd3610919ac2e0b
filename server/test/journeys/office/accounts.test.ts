import { expect } from 'vitest'
import { listOf } from '../../desk.ts'
import { openDesk } from '../../desk.ts'
import { test } from '../../rest-rig.ts'

const password = 'a lantern by the wet harbour'

test('an administrator makes an account, and its owner enrols a second factor at the first sign-in', async ({
  rig,
  rest,
}) => {
  const admin = await rest.desk('administrator')
  const made = await admin.office('POST', '/accounts', {
    user: 'aiko.ito',
    name: 'Dr Aiko Ito',
    roles: ['clinician'],
    password,
  })
  expect([made.status, made.json]).toEqual([201, { id: expect.stringMatching(/^[0-9a-f-]{36}$/) }])
  const lineOf = async () => {
    const { accounts } = (await admin.office('GET', '/accounts')).json
    return listOf(accounts).find((account) => String(account['user']) === 'aiko.ito')
  }
  const line = { id: made.json['id'], user: 'aiko.ito', name: 'Dr Aiko Ito', roles: ['clinician'], disabled: false }
  expect(await lineOf()).toEqual({ ...line, secondFactor: false })
  const doctor = await openDesk(rig, { id: String(made.json['id']), user: 'aiko.ito', name: 'Dr Aiko Ito', password })
  expect((await doctor.office('GET', '/session')).json).toMatchObject({ role: 'clinician', name: 'Dr Aiko Ito' })
  expect(await lineOf()).toEqual({ ...line, secondFactor: true, lastSignIn: expect.stringMatching(/^\d{4}-/) })
  expect((await rest.entries()).filter(({ action }) => action === 'account-create').at(-1)).toMatchObject({
    actor: { kind: 'person', id: admin.id, role: 'administrator' },
    details: { account: made.json['id'], roles: ['clinician'] },
  })
})

test.for<[string, object, string, RegExp]>([
  ['P-01: a short password', { password: 'horse battery' }, 'password-unsuitable', /shorter than 15 characters/],
  ['P-04: an obvious password', { password: 'passwordpassword' }, 'password-unsuitable', /tried first/],
  ['P-14: a name that is taken', { user: 'PERSON-1' }, 'user-name-taken', /^$/],
  ['a user name with a blank', { user: 'aiko ito' }, 'input-invalid', /1 to 64 letters/],
  ['a name of two lines', { name: 'Aiko\nIto' }, 'input-invalid', /on one line/],
  ['no role', { roles: [] }, 'input-invalid', /at least one role/],
  ['a role twice', { roles: ['nurse', 'nurse'] }, 'input-invalid', /each once/],
  ['a role that there is not', { roles: ['owner'] }, 'input-invalid', /"roles"/],
  ['a role __proto__', { roles: ['__proto__'] }, 'input-invalid', /"roles"/],
  ['roles that are no list', { roles: 'nurse' }, 'input-invalid', /"roles"/],
])('%s makes no account, and the page is told why', async ([, over, code, why], { rest }) => {
  const admin = await rest.desk('administrator')
  const account = { user: 'aiko.ito', name: 'Dr Aiko Ito', roles: ['clinician'], password, ...over }
  const refused = await admin.office('POST', '/accounts', account)
  expect(refused.json).toMatchObject({ code, reference: expect.any(String) })
  expect(String(refused.json['remedy'] ?? '')).toMatch(why)
  expect(refused.text).not.toMatch(/aiko|horse battery|passwordpassword|owner/i)
  expect(listOf((await admin.office('GET', '/accounts')).json['accounts'])).toHaveLength(1)
})

test('an account that is not there can be neither disabled, reset nor released', async ({ rest }) => {
  const admin = await rest.desk('administrator')
  const patient = await rest.patient()
  for (const id of [patient, 'x', "'; drop table identity.account; --", '01890a5d-ac96-8abc-b123-0123456789ab'])
    for (const act of ['disable', 'reset-factor', 'release'])
      expect((await admin.office('POST', `/accounts/${encodeURIComponent(id)}/${act}`)).status, id).toBe(404)
})

test('the state of the system: whether the record of access is whole and up to date, and nothing of anyone', async ({
  rig,
  rest,
}) => {
  await rig.ledger.start()
  await rest.patient()
  const officer = await rest.desk('privacy-officer')
  const { ledger } = (await officer.office('GET', '/system')).json
  expect(ledger).toMatchObject({ witnesses: [] })
  await expect
    .poll(async () => (await officer.office('GET', '/system')).json)
    .toEqual({
      version: 'test',
      started: expect.stringMatching(/^\d{4}-/),
      ledger: {
        sequenced: expect.any(Number),
        checkpointAt: expect.stringMatching(/^\d{4}-/),
        caughtUpAt: expect.stringMatching(/^\d{4}-/),
        witnesses: [],
      },
      database: { kind: 'embedded', version: 'test', bytes: 0 },
      keys: { epoch: 1, source: 'file' },
    })
  expect((await rest.entries()).at(-1)).toMatchObject({ action: 'view-system', rule: 'role:privacy-officer/system' })
})
