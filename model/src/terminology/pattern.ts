// Regular expressions of value set filters, matched in time that grows with pattern times text and never faster: whoever
// stores a value set must not be able to stop the server with one. All states that the text may have led to are followed
// at once (Thompson's method), so there is nothing to go back to. What would need going back (references to groups, looking
// around) is not understood.
import { TerminologyFault } from './fault.ts'

type Test = (character: string) => boolean

/** A step of the program: consume a character, go on at both, or accept. */
type Step =
  | { readonly kind: 'take'; readonly test: Test }
  | { readonly kind: 'fork'; readonly to: readonly number[] }
  | { readonly kind: 'accept' }

const longestPattern = 500
const mostSteps = 2_000
const deepest = 20

export interface Pattern {
  /** Whether the whole of a text matches. */
  matches(text: string): boolean
  /** The most states that one character may have to be tried in. */
  readonly size: number
}

/** Throws TerminologyFault for a pattern that is not understood or is too big. */
export function compilePattern(source: string): Pattern {
  if (source.length > longestPattern) throw new TerminologyFault('too-costly')
  const program = new Parser(source).program()
  return { matches: (text) => run(program, text), size: program.length }
}

function run(program: readonly Step[], text: string): boolean {
  let states = follow(program, [0])
  for (const character of text) {
    const next: number[] = []
    for (const at of states) {
      const step = program[at]
      if (step?.kind === 'take' && step.test(character)) next.push(at + 1)
    }
    if (next.length === 0) return false
    states = follow(program, next)
  }
  return [...states].some((at) => program[at]?.kind === 'accept')
}

function follow(program: readonly Step[], from: readonly number[]): ReadonlySet<number> {
  const reached = new Set(from)
  for (const at of reached) {
    const step = program[at]
    if (step?.kind === 'fork') for (const to of step.to) reached.add(to)
  }
  return reached
}

/** Relative: a fork's targets are counted from its own place, so that a piece can be put anywhere, and twice. */
type Piece = readonly Step[]

const digit: Test = (one) => one >= '0' && one <= '9'
const letter: Test = (one) => /^[A-Za-z0-9_]$/.test(one)
const space: Test = (one) => /^\s$/.test(one)
const not =
  (test: Test): Test =>
  (one) =>
    !test(one)

const classes: Readonly<Record<string, Test>> = {
  d: digit,
  D: not(digit),
  w: letter,
  W: not(letter),
  s: space,
  S: not(space),
}
const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

class Parser {
  readonly #text: readonly string[]
  #at = 0

  constructor(source: string) {
    // By code points. Anchors say nothing: the whole text is matched.
    this.#text = [...source.replace(/^\^/, '').replace(/(?<!\\)\$$/, '')]
  }

  program(): readonly Step[] {
    const piece = this.#alternatives(0)
    if (this.#at < this.#text.length) throw new TerminologyFault('unsupported')
    const steps: Step[] = [...piece, { kind: 'accept' }]
    return steps.map((step, at) =>
      step.kind === 'fork' ? { kind: 'fork', to: step.to.map((offset) => at + offset) } : step,
    )
  }

  #peek(): string | undefined {
    return this.#text[this.#at]
  }

  #take(): string {
    const one = this.#text[this.#at++]
    if (one === undefined) throw new TerminologyFault('unsupported')
    return one
  }

  #alternatives(depth: number): Piece {
    if (depth > deepest) throw new TerminologyFault('too-costly')
    let piece = this.#sequence(depth)
    while (this.#peek() === '|') {
      this.#at++
      const other = this.#sequence(depth)
      const jump: Step = { kind: 'fork', to: [other.length + 1] }
      piece = sized([{ kind: 'fork', to: [1, piece.length + 2] }, ...piece, jump, ...other])
    }
    return piece
  }

  #sequence(depth: number): Piece {
    let piece: Piece = []
    for (;;) {
      const one = this.#peek()
      if (one === undefined || one === '|' || one === ')') return piece
      piece = sized([...piece, ...this.#repeated(this.#atom(depth))])
    }
  }

  #atom(depth: number): Piece {
    const one = this.#take()
    if (one === '(') {
      if (this.#peek() === '?') {
        this.#at++
        if (this.#take() !== ':') throw new TerminologyFault('unsupported')
      }
      const inner = this.#alternatives(depth + 1)
      if (this.#take() !== ')') throw new TerminologyFault('unsupported')
      return inner
    }
    if (one === '[') return [{ kind: 'take', test: this.#set() }]
    if (one === '.') return [{ kind: 'take', test: (other) => other !== '\n' && other !== '\r' }]
    if ('*+?{}]^$'.includes(one)) throw new TerminologyFault('unsupported')
    const test = one === '\\' ? this.#escape() : one
    return [{ kind: 'take', test: typeof test === 'string' ? (other) => other === test : test }]
  }

  /** A class, or the character that is meant. */
  #escape(): Test | string {
    const one = this.#take()
    const named = Object.hasOwn(classes, one) ? classes[one] : undefined
    if (named !== undefined) return named
    const control = Object.hasOwn(controls, one) ? controls[one] : undefined
    if (control !== undefined) return control
    if (/^[A-Za-z0-9]$/.test(one)) throw new TerminologyFault('unsupported')
    return one
  }

  #set(): Test {
    const negated = this.#peek() === '^'
    if (negated) this.#at++
    const tests: Test[] = []
    for (let one = this.#take(); one !== ']' || tests.length === 0; one = this.#take()) {
      const first = one === '\\' ? this.#escape() : one
      if (typeof first !== 'string') {
        tests.push(first)
        continue
      }
      if (this.#peek() !== '-' || this.#text[this.#at + 1] === ']') {
        tests.push((other) => other === first)
        continue
      }
      this.#at++
      const end = this.#take()
      const last = end === '\\' ? this.#escape() : end
      const [low, high] = [first.codePointAt(0) ?? 0, typeof last === 'string' ? (last.codePointAt(0) ?? 0) : -1]
      if (high < low) throw new TerminologyFault('unsupported')
      tests.push((other) => {
        const point = other.codePointAt(0) ?? 0
        return point >= low && point <= high
      })
    }
    const any: Test = (other) => tests.some((test) => test(other))
    return negated ? not(any) : any
  }

  #repeated(piece: Piece): Piece {
    const sign = this.#peek()
    if (sign === '*' || sign === '+' || sign === '?') {
      this.#at++
      this.#skipLazy()
      if (sign === '?') return optional(piece)
      return sign === '*' ? star(piece) : sized([...piece, ...star(piece)])
    }
    if (sign !== '{') return piece
    const written = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(this.#text.slice(this.#at, this.#at + 12).join(''))
    if (written === null) throw new TerminologyFault('unsupported')
    this.#at += written[0].length
    this.#skipLazy()
    const least = Number(written[1])
    const most = written[2] === undefined ? least : written[3] === undefined ? undefined : Number(written[3])
    if (most !== undefined && most < least) throw new TerminologyFault('unsupported')
    const wanted = piece.length * Math.max(least, most ?? 0)
    if (wanted > mostSteps || Math.max(least, most ?? 0) > mostSteps) throw new TerminologyFault('too-costly')
    const needed = Array.from({ length: least }, () => piece).flat()
    if (most === undefined) return sized([...needed, ...star(piece)])
    const rest = Array.from({ length: most - least }, () => optional(piece)).flat()
    return sized([...needed, ...rest])
  }

  /** Greedy or not, the same texts match as a whole. A second sign of repetition is none of these. */
  #skipLazy(): void {
    if (this.#peek() === '?') this.#at++
    const next = this.#peek()
    if (next !== undefined && '*+?{'.includes(next)) throw new TerminologyFault('unsupported')
  }
}

function optional(piece: Piece): Piece {
  return [{ kind: 'fork', to: [1, piece.length + 1] }, ...piece]
}

function star(piece: Piece): Piece {
  return [{ kind: 'fork', to: [1, piece.length + 2] }, ...piece, { kind: 'fork', to: [-piece.length - 1] }]
}

function sized(piece: Piece): Piece {
  if (piece.length > mostSteps) throw new TerminologyFault('too-costly')
  return piece
}
