import pg, { type FieldDef, type QueryResultRow } from 'pg'
import type { Outcome, Query } from './database.ts'

/** What is used of pg's connection; its types leave it out. */
export interface Wire {
  readonly stream: { cork(): void; uncork(): void }
  /** Text of each statement that is prepared, by its name: pg's own book, shared with it. */
  readonly parsedStatements: Record<string, string>
  parse(statement: { text: string; name: string }): void
  bind(portal: { statement: string; values: readonly WireValue[] }): void
  describe(what: { type: 'P'; name: string }): void
  execute(portal: object): void
  sync(): void
  on(event: 'parseComplete', call: () => void): unknown
  off(event: 'parseComplete', call: () => void): unknown
}

/** A parameter as it goes out: a Buffer in binary form, a string in PostgreSQL's text form. */
type WireValue = Buffer | string | null

type Parser = (text: string) => unknown

/** How rows of a prepared statement are read, once PostgreSQL has described them. */
type Shape = readonly { readonly name: string; readonly parse: Parser }[]

const noRows: Shape = []
const shapes = new WeakMap<Wire, Map<string, Shape>>()

/**
 * Statements sent and answered as one: the last message is the only Sync, so PostgreSQL makes them one transaction and
 * ends it there (protocol flow, "Pipelining"). Against `begin`, the statements and `commit` one by one it costs half, on
 * both sides. A subclass of pg's query, which calls these methods as messages arrive.
 */
export class RoundTrip<R extends QueryResultRow> extends pg.Query {
  readonly #queries: readonly Query[]
  readonly #outcomes: { rows: R[]; rowCount: number }[] = []
  readonly #settle: { resolve(outcomes: Outcome<R>[]): void; reject(error: unknown): void }
  readonly answered: Promise<Outcome<R>[]>
  #wire: Wire | undefined
  #shapes = new Map<string, Shape>()
  #shape: Shape | undefined
  #rows: R[] = []
  /** Names of the statements that PostgreSQL has yet to say are prepared. */
  readonly #parsing: { readonly name: string; readonly text: string }[] = []
  #fault: unknown
  #over = false

  constructor(queries: readonly Query[]) {
    super('')
    this.#queries = queries
    const { promise, resolve, reject } = Promise.withResolvers<Outcome<R>[]>()
    this.answered = promise
    this.#settle = { resolve, reject }
    // oxlint-disable-next-line no-unsafe-type-assertion -- what pg's types leave out
    this.submit = (connection) => this.#submit(connection as unknown as Wire)
  }

  /** Whether PostgreSQL has carried out every statement; then the end of the transaction is all that is open. */
  get carriedOut(): boolean {
    return this.#outcomes.length === this.#queries.length
  }

  /** Nothing is sent before all of it is known to be fit to send: what had gone out would be carried out. */
  #submit(wire: Wire): Error | null {
    const values: WireValue[][] = []
    for (const { text, name = '', values: given = [] } of this.#queries) {
      if (name !== '' && (wire.parsedStatements[name] ?? text) !== text)
        return new Error(`two statements have the name ${name}`)
      values.push(given.map(toWire))
    }
    this.#wire = wire
    this.#shapes = shapes.get(wire) ?? this.#shapes
    shapes.set(wire, this.#shapes)
    wire.stream.cork()
    for (const [index, { text, name = '' }] of this.#queries.entries()) {
      if (name === '' || wire.parsedStatements[name] === undefined) this.#parse(wire, name, text)
      wire.bind({ statement: name, values: values[index] ?? [] })
      if (!this.#shapes.has(name)) wire.describe({ type: 'P', name: '' })
      wire.execute({})
    }
    wire.sync()
    wire.stream.uncork()
    return null
  }

  #parse(wire: Wire, name: string, text: string): void {
    if (this.#parsing.some((one) => one.name === name && name !== '')) return
    wire.parse({ text, name })
    if (this.#parsing.length === 0) wire.on('parseComplete', this.#parsed)
    this.#parsing.push({ name, text })
  }

  #parsed = (): void => {
    const done = this.#parsing.shift()
    if (done !== undefined && done.name !== '' && this.#wire !== undefined)
      this.#wire.parsedStatements[done.name] = done.text
    if (this.#parsing.length === 0) this.#wire?.off('parseComplete', this.#parsed)
  }

  handleRowDescription({ fields }: { fields: readonly FieldDef[] }): void {
    // oxlint-disable-next-line no-unsafe-type-assertion -- every parser of the text form is one
    this.#shape = fields.map(({ name, dataTypeID }) => ({ name, parse: pg.types.getTypeParser(dataTypeID) as Parser }))
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const shape = this.#shape ?? this.#shapes.get(this.#current.name ?? '') ?? noRows
    const row: Record<string, unknown> = {}
    try {
      let i = 0
      for (const { name, parse } of shape) {
        const text = fields[i++] ?? null
        row[name] = text === null ? null : parse(text)
      }
    } catch (error) {
      this.#fault ??= error
    }
    // oxlint-disable-next-line no-unsafe-type-assertion -- the caller knows its statement's columns
    this.#rows.push(row as R)
  }

  handleCommandComplete({ text }: { text: string }): void {
    const { name } = this.#current
    if (name !== undefined && !this.#shapes.has(name)) this.#shapes.set(name, this.#shape ?? noRows)
    this.#outcomes.push({ rows: this.#rows, rowCount: Number(/ (\d+)$/.exec(text)?.[1] ?? 0) })
    this.#shape = undefined
    this.#rows = []
  }

  handleError(error: unknown): void {
    this.#end(error)
  }

  handleReadyForQuery(): void {
    this.#end(this.#fault)
  }

  get #current(): Query {
    return this.#queries[this.#outcomes.length] ?? { text: '' }
  }

  #end(error: unknown): void {
    if (this.#over) return
    this.#over = true
    if (this.#parsing.length > 0) this.#wire?.off('parseComplete', this.#parsed)
    if (error === undefined) this.#settle.resolve(this.#outcomes)
    else this.#settle.reject(error)
  }
}

function toWire(value: unknown): WireValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (Buffer.isBuffer(value)) return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return `{${value.map(toElement).join(',')}}`
  throw new TypeError('not a value that a statement takes')
}

/** An element of an array in text form (PostgreSQL, "Array Input and Output Syntax"). */
function toElement(value: unknown): string {
  const text = toWire(value)
  if (text === null) return 'NULL'
  if (typeof text !== 'string') throw new TypeError('an array of bytes goes in binary form')
  return `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`
}
