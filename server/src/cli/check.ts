import { describeError } from '#base'
import type { Command } from './command.ts'
import { systemOptions } from './options.ts'
import { plainWords } from './plain-words.ts'
import { serve, serverOptions } from './serve.ts'

export const check: Command = {
  name: 'check',
  summary: 'Say whether serve would start with these options: settings, keys, certificates, database, port.',
  options: serve.options,
  notes:
    'Works beside a running server, and without one. It changes nothing. The exit code is 0 when serve would start.',
  async run(given, means) {
    const options = { ...(await systemOptions(given, means)), ...serverOptions(given) }
    const parts = await means.composition.checkStart(options)
    for (const { part, fault } of parts)
      means.terminal.say(`${part}: ${fault === undefined ? 'right' : wordsFor(fault)}`)
    return parts.every(({ fault }) => fault === undefined) ? 0 : 1
  },
}

/** An unexpected error's message stays out: drivers put row values into theirs. */
function wordsFor(fault: unknown): string {
  const { kind, code } = describeError(fault)
  return plainWords(fault) ?? `something that should not be: ${kind} ${code ?? ''}`
}
