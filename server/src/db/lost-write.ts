import { Refusal } from '#base'

/**
 * PostgreSQL said that it carried a statement out, and fewer rows came of it than were given: a trigger or a rule took
 * them. Nothing that rests on the statement may be acknowledged, so its transaction is given up.
 */
export class LostWrite extends Refusal {
  constructor(text: string) {
    super('storage-unavailable', { cause: new Error(`no row came of: ${text.trim().split('\n')[0]?.slice(0, 80)}`) })
  }
}

/** Adds a row whatever is there, or fails: what it is given cannot be there already, and depends on nothing. */
const unconditional = /^\s*insert\s(?!.*\b(do nothing|select|where)\b).*\bvalues\b/is

const unconditionals = new Map<string, boolean>()

function isUnconditional(text: string): boolean {
  const known = unconditionals.get(text)
  if (known !== undefined) return known
  const answer = unconditional.test(text)
  // Texts are fixed, but for those with a list in them.
  if (unconditionals.size < 1000) unconditionals.set(text, answer)
  return answer
}

/** Throws LostWrite when fewer rows came of a statement than have to, or more. */
export function requireRows({ text, changes }: { text: string; changes?: number | undefined }, rowCount: number): void {
  if (changes === undefined ? isUnconditional(text) && rowCount === 0 : rowCount !== changes) throw new LostWrite(text)
}
