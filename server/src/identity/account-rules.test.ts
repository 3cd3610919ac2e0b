import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type NewAccount, requireValid } from './account-rules.ts'

const nora: NewAccount = {
  tenant: 1,
  user: 'nora.lind',
  name: 'Nora Lindqvist',
  roles: ['nurse'],
  password: 'not judged here',
}

test.each<Partial<NewAccount>>([
  { user: 'Zoë.Ångström' },
  { user: '王小明', name: '王小明' },
  { user: "o'brien+7@clinic" },
  { roles: ['nurse', 'front-desk'], practitioner: 'Practitioner/019cad8f' },
  { roles: ['no', 'n'.repeat(40)], practitioner: `Practitioner/${'a.-Z9'.padEnd(64, 'x')}` },
  { totpSecret: Buffer.alloc(16, 9) },
])('an account may be %o', (over) => {
  expect(() => requireValid({ ...nora, ...over })).not.toThrow()
})

test.each<[string, Partial<NewAccount>, string]>([
  ['an empty user name', { user: ' ' }, 'user'],
  ['blanks in a user name', { user: 'nora lind' }, 'user'],
  ['a user name of 65 letters', { user: 'n'.repeat(65) }, 'user'],
  ['a user name that hides something', { user: 'nora\u200b.lind' }, 'user'],
  ['a name of two lines', { name: 'Nora\nLind' }, 'name'],
  ['a name of nothing', { name: ' . ' }, 'name'],
  ['no role', { roles: [] }, 'roles'],
  ['a role twice', { roles: ['nurse', 'nurse'] }, 'roles'],
  ['a reference to something else', { practitioner: 'Patient/1' }, 'practitioner'],
  ['a role with a digit', { roles: ['nurse1'] }, 'roles'],
  ['a role that begins with a hyphen', { roles: ['-nurse'] }, 'roles'],
  ['a role of one letter', { roles: ['n'] }, 'roles'],
  ['a role of 41 letters', { roles: ['n'.repeat(41)] }, 'roles'],
  ['one good role and one bad one', { roles: ['nurse', 'Nurse'] }, 'roles'],
  ['a reference with more behind it', { practitioner: 'Practitioner/1/2' }, 'practitioner'],
  ['a reference with more before it', { practitioner: 'x/Practitioner/1' }, 'practitioner'],
  ['a reference to nothing', { practitioner: 'Practitioner/' }, 'practitioner'],
  ['a reference of 65 letters', { practitioner: `Practitioner/${'a'.repeat(65)}` }, 'practitioner'],
  ['a short secret', { totpSecret: randomBytes(15) }, 'totpSecret'],
])('an account is not made with %s', (_, over, expression) => {
  const attempt = (): void => requireValid({ ...nora, ...over })
  expect(attempt).toThrow(
    expect.objectContaining({
      code: 'input-invalid',
      findings: [{ expression, issue: 'value', text: expect.stringMatching(/^[A-Z].{20,}\.$/) }],
    }),
  )
})

test('all that is wrong with an account is said at once', () => {
  const attempt = (): void => requireValid({ ...nora, user: '', name: '', roles: [], totpSecret: randomBytes(1) })
  expect(attempt).toThrow(
    expect.objectContaining({
      findings: ['user', 'name', 'roles', 'totpSecret'].map((expression) => expect.objectContaining({ expression })),
    }),
  )
})
