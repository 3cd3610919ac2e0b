// The FHIRPath that R4's search parameters are written in, read into steps. It is a small part of the language: anything
// else makes the generator stop, so nothing is ever half understood.

export type Step =
  | { readonly kind: 'child'; readonly name: string }
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'equal'; readonly name: string; readonly value: string }
  | { readonly kind: 'resolves'; readonly type: string }
  | { readonly kind: 'index'; readonly index: number }
  /** Patient.deceased: true when a death is recorded, in whichever way. */
  | { readonly kind: 'exists-not-false' }

/** One path of a union, from the type it starts at. */
export interface Path {
  readonly root: string
  readonly steps: readonly Step[]
}

const existsNotFalse = /^(\w+(?:\.\w+)*)\.exists\(\) and \1 != false$/
const tokens = [
  ['type', /^\.(?:ofType|as)\((\w+)\)/],
  ['equal', /^\.where\((\w+)\s*=\s*'([^']*)'\)/],
  ['resolves', /^\.where\(resolve\(\) is (\w+)\)/],
  ['index', /^\[(\d+)\]/],
  ['child', /^\.?(\w+)/],
] as const

/** @param relative the expression starts inside an element (a composite's component), not at a named type. */
export function parseExpression(expression: string, relative = false): Path[] {
  return expression.split(/\s\|\s/).map((part) => parsePath(part.trim(), relative))
}

function parsePath(written: string, relative: boolean): Path {
  const deceased = existsNotFalse.exec(written)
  const text = deceased?.[1] ?? withoutParentheses(written)
  const steps: Step[] = []
  let rest = text
  while (rest !== '') {
    const found = firstToken(rest)
    if (found === undefined) throw new Error(`cannot read the expression: ${written}`)
    rest = rest.slice(found.length)
    steps.push(found.step)
  }
  if (deceased !== null) steps.push({ kind: 'exists-not-false' })
  const first = steps[0]
  if (relative) return { root: '', steps }
  if (first?.kind !== 'child') throw new Error(`no type at the start: ${written}`)
  return { root: first.name, steps: steps.slice(1) }
}

function firstToken(text: string): { step: Step; length: number } | undefined {
  for (const [kind, pattern] of tokens) {
    const match = pattern.exec(text)
    if (match !== null) return { step: toStep(kind, match[1] ?? '', match[2] ?? ''), length: match[0].length }
  }
  return undefined
}

function toStep(kind: (typeof tokens)[number][0], a: string, b: string): Step {
  switch (kind) {
    case 'type':
    case 'resolves':
      return { kind, type: a }
    case 'equal':
      return { kind, name: a, value: b }
    case 'index':
      return { kind, index: Number(a) }
    case 'child':
      return { kind, name: a }
  }
}

/** `(A.b as C).d` is written `(A.b.ofType(C)).d` in the package; the brackets change nothing. */
function withoutParentheses(text: string): string {
  const match = /^\((.*\.ofType\(\w+\))\)(.*)$/.exec(text)
  return match === null ? text : `${match[1]}${match[2]}`
}
