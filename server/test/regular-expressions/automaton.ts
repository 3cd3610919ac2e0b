import { anyCharacters, lineEnds, type Part, readExpression } from './read.ts'

/** The places of an expression at which it stands after a character, and which may come next. */
export interface Automaton {
  /** Of each place, the characters that lead to it, as bits. */
  readonly characters: readonly bigint[]
  readonly next: readonly ReadonlySet<number>[]
  /** Where nothing more is needed: a search that comes here ends. */
  readonly done: ReadonlySet<number>
  /** One text leads round a loop in two ways: `(a*)*`. */
  readonly doubled: boolean
}

/** Whether it matches nothing: everywhere, or only in some places. */
type Empty = 'never' | 'at begin' | 'somewhere' | 'anywhere'

interface Fragment {
  readonly empty: Empty
  readonly first: readonly number[]
  /** First where the text, or a line, begins. */
  readonly opening: readonly number[]
  /** Whether nothing more is needed behind it. */
  readonly last: ReadonlyMap<number, boolean>
}

/** A counted repetition multiplies by a constant; as many as this show whether what is around it multiplies, too. */
const mostCopies = 3

/** By Glushkov's construction: a place for each character of the expression, and none for what matches nothing. */
export function automatonOf(expression: Pick<RegExp, 'source' | 'flags'>): Automaton {
  const { flags } = expression
  const builder = new Builder()
  const { first, opening, last } = builder.build(readExpression(expression))
  if (!flags.includes('y')) builder.search(first, flags.includes('m') ? opening : [])
  const done = new Set([...last].flatMap(([place, free]) => (free ? [place] : [])))
  return { characters: builder.characters, next: builder.next, done, doubled: builder.doubled }
}

const nothing: Fragment = { empty: 'anywhere', first: [], opening: [], last: new Map() }

class Builder {
  readonly characters: bigint[] = []
  readonly next: Set<number>[] = []
  doubled = false

  build(part: Part): Fragment {
    switch (part.kind) {
      case 'character': {
        const place = this.#add(part.of)
        return { empty: 'never', first: [place], opening: [], last: new Map([[place, true]]) }
      }
      case 'place':
        return { ...nothing, empty: part.begin ? 'at begin' : 'somewhere' }
      case 'look':
        // What is looked at is gone through, and nothing comes of it.
        return { ...this.build(part.part), empty: 'somewhere', last: new Map() }
      case 'sequence':
        return part.parts.reduce<Fragment>((before, one) => this.#follow(before, this.build(one)), nothing)
      case 'choice':
        return part.parts.map((one) => this.build(one)).reduce(either)
      case 'repeat':
        return this.#repeat(part.part, part.min, part.max)
    }
  }

  #repeat(part: Part, min: number, max: number): Fragment {
    let made = nothing
    const needed = Math.min(min, mostCopies)
    for (let copy = 1; copy <= needed; copy++) {
      const one = this.build(part)
      made = this.#follow(made, max === Infinity && copy === needed ? this.#loop(one) : one)
    }
    if (max === Infinity) return min > 0 ? made : either(nothing, this.#loop(this.build(part)))
    let further = nothing
    for (let copy = needed; copy < Math.min(max, mostCopies); copy++)
      further = either(nothing, this.#follow(this.build(part), further))
    return this.#follow(made, further)
  }

  /** An expression is tried at each character of a text, and at each line's begin. */
  search(first: readonly number[], opening: readonly number[]): void {
    const before = this.#add(anyCharacters)
    for (const place of [before, ...first]) this.next[before]?.add(place)
    if (opening.length === 0) return
    const lineEnd = this.#add(lineEnds)
    this.next[before]?.add(lineEnd)
    for (const place of opening) this.next[lineEnd]?.add(place)
  }

  #add(of: bigint): number {
    this.next.push(new Set())
    return this.characters.push(of) - 1
  }

  #follow(one: Fragment, other: Fragment): Fragment {
    this.#connect(one, other)
    const free = other.empty === 'anywhere'
    const last = new Map(other.last)
    if (other.empty !== 'never') for (const [place, isFree] of one.last) last.set(place, isFree && free)
    const atBegin = one.empty === 'at begin'
    return {
      empty:
        one.empty === 'never' || other.empty === 'never'
          ? 'never'
          : free
            ? one.empty
            : atBegin
              ? 'at begin'
              : other.empty === 'at begin' && one.empty === 'anywhere'
                ? 'at begin'
                : 'somewhere',
      first: one.empty === 'never' || atBegin ? one.first : [...one.first, ...other.first],
      opening: [...one.opening, ...(one.empty === 'never' ? [] : other.opening), ...(atBegin ? other.first : [])],
      last,
    }
  }

  #loop(one: Fragment): Fragment {
    this.#connect(one, one)
    return one
  }

  #connect({ last }: Fragment, { first }: Fragment): void {
    for (const from of last.keys()) {
      const places = this.next[from]
      for (const place of first) {
        if (places?.has(place) === true) this.doubled = true
        places?.add(place)
      }
    }
  }
}

const looser: readonly Empty[] = ['anywhere', 'somewhere', 'at begin', 'never']

function either(one: Fragment, other: Fragment): Fragment {
  return {
    empty: looser.find((empty) => one.empty === empty || other.empty === empty) ?? 'never',
    first: [...one.first, ...other.first],
    opening: [...one.opening, ...other.opening],
    last: new Map([...one.last, ...other.last]),
  }
}
