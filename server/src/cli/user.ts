import type { Clock } from '#base'
import {
  type AccountSummary,
  createAccount,
  enableAccount,
  listAccounts,
  releaseAccount,
  resetPassword,
} from '#identity'
import { roles } from '#policy'
import { operator } from './by.ts'
import { type Command, type Given, type Means, requireText, UsageFault } from './command.ts'
import { readPrivateText, witnessOption } from './options.ts'
import type { System } from './system.ts'
import { withSystem } from './with-system.ts'
import { table } from './table.ts'

const passwordOption = {
  'password-file': {
    type: 'string',
    value: 'FILE',
    about: 'The initial password, on one line. Without it, it is asked for.',
  },
} as const

export const userAdd: Command = {
  name: 'user add',
  summary: 'Make an account for one person.',
  options: {
    user: { type: 'string', value: 'USER', about: 'The name to sign in with.' },
    name: { type: 'string', value: 'NAME', about: 'The name of the person, as it stands on notes.' },
    role: {
      type: 'string',
      multiple: true,
      value: 'ROLE',
      about: `One or more of ${roles.join(', ')}; the first is taken at sign-in.`,
    },
    practitioner: { type: 'string', value: 'REFERENCE', about: 'The record of the person: Practitioner/id.' },
    ...passwordOption,
    ...witnessOption,
  },
  notes: 'The person changes the password and enrols a second factor at the first sign-in, within a week.',
  async run(given, means) {
    const user = requireText(given, 'user')
    const name = requireText(given, 'name')
    const held = given.texts('role')
    const unknown = held.find((role) => !roles.some((known) => known === role))
    if (unknown !== undefined || held.length === 0) throw new UsageFault(`--role is one of ${roles.join(', ')}.`)
    const password = await passwordFor(given, means)
    const practitioner = given.text('practitioner')
    return withSystem(given, means, async ({ identity, tenant }, clock) => {
      const account = {
        tenant,
        user,
        name,
        roles: held,
        password,
        ...(practitioner === undefined ? {} : { practitioner }),
      }
      means.terminal.say(await createAccount(identity.parts, account, operator(clock)))
    })
  },
}

export const userList: Command = {
  name: 'user list',
  summary: 'Show all accounts.',
  options: witnessOption,
  run: (given, means) =>
    withSystem(given, means, async ({ identity, tenant }) => {
      const accounts = await listAccounts(identity.parts, tenant)
      const rows = accounts.map(({ user, name, roles: held, secondFactor, disabled, damaged, lastSignIn }) => [
        ...[user, name, held.join(' ')],
        damaged ? 'damaged' : disabled ? 'disabled' : secondFactor ? 'enrolled' : 'not enrolled yet',
        lastSignIn === undefined ? '–' : new Date(lastSignIn).toISOString().slice(0, 16).replace('T', ' '),
      ])
      means.terminal.say(table(['user', 'name', 'roles', 'second factor', 'last sign-in (UTC)'], rows))
    }),
}

export const userDisable: Command = {
  name: 'user disable',
  summary: 'End an account and its sessions at once.',
  operands: 'USER',
  options: witnessOption,
  run: (given, means) =>
    withAccount(given, means, ({ identity, tenant }, { id }, clock) =>
      identity.disableAccount(tenant, id, operator(clock)),
    ),
}

export const userEnable: Command = {
  name: 'user enable',
  summary: 'Let a disabled account sign in again.',
  operands: 'USER',
  options: witnessOption,
  run: (given, means) =>
    withAccount(given, means, ({ identity, tenant }, { id }, clock) =>
      enableAccount(identity.parts, tenant, id, operator(clock)),
    ),
}

export const userRelease: Command = {
  name: 'user release',
  summary: 'After too many wrong passwords: the account may try again at once, everywhere.',
  operands: 'USER',
  options: witnessOption,
  run: (given, means) =>
    withAccount(given, means, ({ identity, tenant }, { id }, clock) =>
      releaseAccount(identity.parts, tenant, id, operator(clock)),
    ),
}

export const userResetFactor: Command = {
  name: 'user reset-factor',
  summary: 'After an authenticator was lost: a new one is enrolled at the next sign-in.',
  operands: 'USER',
  options: witnessOption,
  run: (given, means) =>
    withAccount(given, means, ({ identity, tenant }, { id }, clock) =>
      identity.resetSecondFactor(tenant, id, operator(clock)),
    ),
}

export const userResetPassword: Command = {
  name: 'user reset-password',
  summary: 'After a password was forgotten: a new initial one.',
  operands: 'USER',
  options: { ...passwordOption, ...witnessOption },
  async run(given, means) {
    const password = await passwordFor(given, means)
    return withAccount(given, means, ({ identity, tenant }, { id }, clock) =>
      resetPassword(identity.parts, tenant, id, password, operator(clock)),
    )
  },
}

function passwordFor(given: Given, { terminal }: Means): Promise<string> | string {
  const file = given.text('password-file')
  return file === undefined ? terminal.askSecret('Initial password') : readPrivateText(file)
}

function withAccount(
  given: Given,
  means: Means,
  work: (system: System, account: AccountSummary, clock: Clock) => Promise<void>,
): Promise<number> {
  const [user, ...more] = given.operands
  if (user === undefined || more.length > 0) throw new UsageFault('Name one user.')
  return withSystem(given, means, async (system, clock) => {
    const accounts = await listAccounts(system.identity.parts, system.tenant)
    const account = accounts.find((one) => one.user.toLowerCase() === user.toLowerCase())
    if (account === undefined) throw new UsageFault('No account has that user name.')
    await work(system, account, clock)
  })
}
