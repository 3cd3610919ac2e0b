import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Secret, systemClock } from '#base'
import { createAccount, listAccounts, passwordFindings } from '#identity'
import { createKeyring, KeyFault, type Keyring, openKeyring, type RootSource } from '#keys'
import { operator } from './by.ts'
import { type Command, type Given, type Means, UsageFault } from './command.ts'
import {
  type Installation,
  InstallationFault,
  isInstalled,
  type Layout,
  readInstallation,
  writeInstallation,
} from './installation.ts'
import { layoutFor, readPrivateText, sourceFor, surroundings } from './options.ts'
import type { Terminal } from './terminal.ts'

interface FirstAccount {
  readonly user: string
  readonly name: string
  readonly role: 'administrator' | 'privacy-officer'
  readonly password: string
}

/** A practice from nothing: keyring, database, and the two people whom everything else needs. */
export const init: Command = {
  name: 'init',
  summary: 'Make a new practice: keys, database, and its first two accounts.',
  options: {
    practice: { type: 'string', value: 'NAME', about: 'Name of the practice.' },
    passphrase: {
      type: 'boolean',
      about: 'Protect the keyring by a passphrase, asked for at each start, instead of a key file.',
    },
    administrator: {
      type: 'string',
      value: 'USER',
      about: 'User name of the first administrator, who sees no health information.',
    },
    'administrator-name': { type: 'string', value: 'NAME', about: 'Name of that person.' },
    'privacy-officer': {
      type: 'string',
      value: 'USER',
      about: 'User name of the privacy officer, who sees who looked at what.',
    },
    'privacy-officer-name': { type: 'string', value: 'NAME', about: 'Name of that person.' },
    'password-file': {
      type: 'string',
      value: 'FILE',
      about:
        'Two lines: the initial passwords of the administrator and of the privacy officer. Without it, they are asked for.',
    },
  },
  notes: 'What is not given is asked for. A second factor is enrolled by each person at the first sign-in.',
  async run(given, means) {
    const layout = layoutFor(given)
    if (isInstalled(layout)) await requireUnfinished(given, means, layout)
    const practice = (await textFor(given, means.terminal, 'practice', 'Name of the practice')).trim()
    const accounts = await firstAccounts(given, means.terminal, practice)
    const { installation, source } = await makeInstallation(given, means.terminal, layout, practice)
    const system = await means.composition.openSystem({ installation, source, ...surroundings(given, layout, 'error') })
    try {
      for (const { user, name, role, password } of accounts) {
        await createAccount(
          system.identity.parts,
          { tenant: system.tenant, user, name, roles: [role], password },
          operator(systemClock),
        )
      }
    } finally {
      await system.close()
    }
    tellNextSteps(means.terminal, installation, given)
    return 0
  },
}

/** Killed half way, it goes on; with accounts in it, a practice is not made again. */
async function requireUnfinished(given: Given, { composition, terminal }: Means, layout: Layout): Promise<void> {
  const installation = readInstallation(layout)
  const source = await sourceFor(given, installation, terminal)
  const system = await composition.openSystem({ installation, source, ...surroundings(given, layout, 'error') })
  try {
    const accounts = await listAccounts(system.identity.parts, system.tenant)
    if (accounts.length > 0)
      throw new InstallationFault(`There is a practice in ${layout.data} already. It was left as it is.`)
  } finally {
    await system.close()
  }
}

async function makeInstallation(
  given: Given,
  terminal: Terminal,
  layout: Layout,
  practice: string,
): Promise<{ installation: Installation; source: RootSource }> {
  // A folder with a database in it, and without its own note of what it is, is not made over.
  if (isInstalled(layout) || existsSync(join(layout.data, 'pg'))) {
    const installation = readInstallation(layout)
    return { installation, source: await sourceFor(given, installation, terminal) }
  }
  const root = given.flag('passphrase') || given.text('passphrase-file') !== undefined ? 'passphrase' : 'file'
  const source = await sourceFor(given, { layout, root }, terminal)
  if (source.kind === 'passphrase') await requireGoodPassphrase(given, terminal, source.passphrase, practice)
  const { id } = await makeKeyring(layout, source)
  const installation = { layout, keyring: id, root, practice, demo: false } as const
  writeInstallation(installation)
  return { installation, source }
}

/** Typed twice, because a slip would lock everything up for ever; and as hard to guess as a password. */
async function requireGoodPassphrase(
  given: Given,
  terminal: Terminal,
  passphrase: Secret,
  practice: string,
): Promise<void> {
  const text = passphrase.reveal().toString()
  const [wrong] = passwordFindings(text, [practice])
  if (wrong !== undefined) throw new UsageFault(`The passphrase will not do. ${wrong.text}`)
  if (given.text('passphrase-file') !== undefined || !terminal.interactive) return
  if ((await terminal.askSecret('The same once more')) !== text) throw new UsageFault('The two were not the same.')
}

/** One that a killed start left is used: nothing is sealed under it yet, for there is no data folder. */
async function makeKeyring(layout: Layout, source: RootSource): Promise<Keyring> {
  try {
    return await createKeyring(layout.keys, source)
  } catch (error) {
    if (!(error instanceof KeyFault) || error.code !== 'exists') throw error
    return openKeyring(layout.keys, source)
  }
}

async function firstAccounts(given: Given, terminal: Terminal, practice: string): Promise<FirstAccount[]> {
  const file = given.text('password-file')
  const lines = file === undefined ? [] : readPrivateText(file).split(/\r?\n/)
  if (file !== undefined && lines.length < 2) throw new UsageFault(`${file} has to have two lines, a password each.`)
  const accounts: FirstAccount[] = []
  for (const [index, role] of (['administrator', 'privacy-officer'] as const).entries()) {
    const title = role === 'administrator' ? 'administrator' : 'privacy officer'
    const user = await textFor(given, terminal, role, `User name of the ${title}`)
    const name = await textFor(given, terminal, `${role}-name`, `Name of the ${title}`)
    const password = lines[index] ?? (await terminal.askSecret(`Initial password of the ${title}`))
    // Before anything is made: a practice without its two people would have to be taken apart again.
    const [wrong] = passwordFindings(password, [user, name, practice])
    if (wrong !== undefined) throw new UsageFault(`The password of the ${title} will not do. ${wrong.text}`)
    accounts.push({ user, name, role, password })
  }
  if (accounts[0]?.user === accounts[1]?.user)
    throw new UsageFault('Two people have two user names. One account is for one person.')
  return accounts
}

async function textFor(given: Given, terminal: Terminal, option: string, question: string): Promise<string> {
  const text = given.text(option) ?? (terminal.interactive ? await terminal.ask(question) : undefined)
  if (text === undefined || text.trim() === '') throw new UsageFault(`--${option} is missing.`)
  return text
}

function tellNextSteps(terminal: Terminal, { layout, root }: Installation, given: Given): void {
  terminal.say(`The practice is in ${layout.data}, its keys in ${layout.keys}.`)
  terminal.say(
    root === 'file'
      ? `Keep a copy of ${layout.keys} away from this machine: without it, no record opens again, and with it, all do.`
      : `Keep a copy of ${join(layout.keys, 'keyring.json')} and the passphrase: without both, no record opens again.`,
  )
  const data = given.text('data')
  terminal.say(`Start with: chartkeep serve${data === undefined ? '' : ` --data ${data}`}`)
}
