import { stderr, stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { UsageFault } from './command.ts'

/** Where a command speaks and asks. Results go to `say`, everything else to `note`. */
export interface Terminal {
  readonly interactive: boolean
  say(text: string): void
  note(text: string): void
  /** Replaces itself on a terminal; elsewhere, each is a line. */
  progress(text: string): void
  ask(question: string): Promise<string>
  /** What is typed does not show. */
  askSecret(question: string): Promise<string>
}

export function openTerminal(): Terminal {
  const interactive = stdin.isTTY && stderr.isTTY
  let pending = false

  function note(text: string): void {
    if (pending) stderr.write('\n')
    pending = false
    stderr.write(`${text}\n`)
  }

  async function ask(question: string, hidden: boolean): Promise<string> {
    if (!interactive) throw new UsageFault(`Nobody is here to ask for: ${question}. Give it as an option; see --help.`)
    stderr.write(`${question}: `)
    const silence = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({ input: stdin, output: hidden ? silence : stderr, terminal: true })
    try {
      return await lines.question('')
    } finally {
      lines.close()
      if (hidden) stderr.write('\n')
    }
  }

  return {
    interactive,
    say: (text) => void stdout.write(`${text}\n`),
    note,
    progress(text) {
      if (!stderr.isTTY) return note(text)
      pending = true
      stderr.write(`\r\u001B[K${text}`)
    },
    ask: (question) => ask(question, false),
    askSecret: (question) => ask(question, true),
  }
}
