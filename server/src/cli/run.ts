import { parseArgs, type ParseArgsConfig } from 'node:util'
import { describeError } from '#base'
import { check } from './check.ts'
import { clientAdd } from './client-add.ts'
import { clientDisable, clientList } from './client.ts'
import { type Command, type Given, type Means, UsageFault } from './command.ts'
import { helpFor, overview } from './help.ts'
import { importCommand } from './import.ts'
import { init } from './init.ts'
import { keysRotate } from './keys-rotate.ts'
import { ledgerVerify } from './ledger-verify.ts'
import { commonOptions } from './options.ts'
import { plainWords } from './plain-words.ts'
import { serve } from './serve.ts'
import type { Composition } from './system.ts'
import { openTerminal } from './terminal.ts'
import { userAdd, userDisable, userEnable, userList, userRelease, userResetFactor, userResetPassword } from './user.ts'
import { version } from './version.ts'

const commands: readonly Command[] = [
  init,
  serve,
  check,
  importCommand,
  ...[clientAdd, clientList, clientDisable],
  keysRotate,
  ledgerVerify,
  ...[userAdd, userList, userDisable, userEnable, userRelease, userResetFactor, userResetPassword],
]

const usageCode = 2

/** Carries out what was typed after `chartkeep`. @returns the exit code */
export async function run(argv: readonly string[], composition: Composition): Promise<number> {
  const terminal = openTerminal()
  const [first, second] = argv
  if (first === '--version') return said(() => terminal.say(version))
  if (first === '--help' || first === 'help') return said(() => terminal.say(overview(commands)))
  const command = commands.find(({ name }) => name === first || name === `${first} ${second}`)
  if (command === undefined) return explainUnknown(argv, { composition, terminal })
  try {
    const given = parse(command, argv.slice(command.name.split(' ').length))
    if (given.flag('help')) return said(() => terminal.say(helpFor(command)))
    if (command.operands === undefined && given.operands.length > 0)
      throw new UsageFault(`${command.name} takes options only.`)
    return await command.run(given, { composition, terminal })
  } catch (error) {
    return explain(error, command, { composition, terminal })
  }
}

function said(say: () => void): number {
  say()
  return 0
}

function explainUnknown([first]: readonly string[], { terminal }: Means): number {
  const group = commands.filter(({ name }) => name.startsWith(`${first} `))
  terminal.note(first === undefined || group.length > 0 ? '' : `chartkeep has no command ${first}.`)
  terminal.note(overview(group.length > 0 ? group : commands))
  return usageCode
}

function explain(error: unknown, command: Command, { terminal }: Means): number {
  if (error instanceof UsageFault) {
    terminal.note(`${error.message}\nchartkeep ${command.name} --help tells more.`)
    return usageCode
  }
  // An unexpected error's message stays out: drivers put row values into theirs.
  const { kind, code, at } = describeError(error)
  terminal.note(plainWords(error) ?? `Something went wrong that should not: ${kind} ${code ?? ''}\n${at ?? ''}`)
  return 1
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

function parse(command: Command, args: readonly string[]): Given {
  const described: Command['options'] = { ...command.options, ...commonOptions }
  const options: NonNullable<ParseArgsConfig['options']> = {}
  for (const [name, { type, multiple }] of Object.entries(described))
    options[name] = { type, multiple: multiple ?? false }
  let parsed: { values: Values; positionals: string[] }
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    // The message names the option, and never its value.
    throw new UsageFault(error instanceof Error ? firstSentence(error.message) : 'That cannot be read.')
  }
  const { values, positionals } = parsed
  const texts = (name: string): string[] => [values[name] ?? []].flat().filter((value) => typeof value === 'string')
  return { operands: positionals, texts, text: (name) => texts(name).at(-1), flag: (name) => values[name] === true }
}

function firstSentence(text: string): string {
  return `${text.split('. ')[0]?.replace(/\.$/, '')}.`
}
