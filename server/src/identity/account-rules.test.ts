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
  ['a short secret', { totpSecret: randomBytes(10) }, 'totpSecret'],
])('an account is not made with %s', (_, over, expression) => {
  const attempt = (): void => requireValid({ ...nora, ...over })
  expect(attempt).toThrow(
    expect.objectContaining({ code: 'input-invalid', findings: [expect.objectContaining({ expression })] }),
  )
})
