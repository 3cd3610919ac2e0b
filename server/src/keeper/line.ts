/** One end of the channel between the primary and a worker: `process`, or a child of node:cluster. */
interface End {
  send?(message: object, sent: (error: Error | null) => void): unknown
  on(event: 'message', call: (message: unknown) => void): unknown
}

/** What the other side may say, by name, and what is answered to it. */
export type Hearing = Readonly<Record<string, (said: unknown) => unknown>>

/** Messages between two processes of ours, over a pipe that nobody else has. */
export interface Line {
  /** No answer is waited for; to someone who has gone it is said in vain. */
  tell(what: string, said?: unknown): void
  /** What the other side answers. Rejects with `LineFault` when it fails there, is gone, or takes longer than it may. */
  ask(what: string, said?: unknown, patienceMs?: number): Promise<unknown>
  /** The other side is gone: nothing more comes from it. */
  close(): void
}

/** The other side could not answer. `code` is its error's, where it has one: EADDRINUSE. */
export class LineFault extends Error {
  readonly code: string | undefined

  constructor(code?: string) {
    super('the other process did not answer')
    this.code = code
  }
}

type Message =
  | { readonly line: 'tell'; readonly what: string; readonly said: unknown }
  | { readonly line: 'ask'; readonly what: string; readonly said: unknown; readonly number: number }
  | { readonly line: 'answer'; readonly number: number; readonly said: unknown }
  | { readonly line: 'fault'; readonly number: number; readonly code: string | undefined }

const defaultPatienceMs = 5000

export function openLine(end: End, hearing: Hearing, onFault: (error: unknown) => void): Line {
  const asked = new Map<number, { resolve(said: unknown): void; reject(fault: LineFault): void }>()
  let last = 0
  let closed = false

  function send(message: Message, onLost: () => void = () => undefined): void {
    if (closed || end.send === undefined) return onLost()
    try {
      end.send(message, (error) => error !== null && onLost())
    } catch {
      onLost()
    }
  }

  async function hear(message: Message): Promise<void> {
    if (message.line === 'answer') return asked.get(message.number)?.resolve(message.said)
    if (message.line === 'fault') return asked.get(message.number)?.reject(new LineFault(message.code))
    const { what, said } = message
    try {
      const answer = await hearing[what]?.(said)
      if (message.line === 'ask') send({ line: 'answer', number: message.number, said: answer })
    } catch (error) {
      onFault(error)
      if (message.line === 'ask') send({ line: 'fault', number: message.number, code: codeOf(error) })
    }
  }

  end.on('message', (message) => {
    if (isMessage(message)) void hear(message)
  })

  return {
    tell: (what, said) => send({ line: 'tell', what, said }),
    async ask(what, said, patienceMs = defaultPatienceMs) {
      const number = ++last
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      asked.set(number, { resolve, reject })
      const timer = setTimeout(() => reject(new LineFault()), patienceMs)
      send({ line: 'ask', what, said, number }, () => reject(new LineFault()))
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        asked.delete(number)
      }
    },
    close() {
      closed = true
      for (const { reject } of asked.values()) reject(new LineFault())
    },
  }
}

function isMessage(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'line' in message
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
