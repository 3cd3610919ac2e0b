import { type Finding, Refusal } from '#base'
import { guessBits } from './guessable.ts'

/** Code points after NFKC (SP 800-63B-4 sec. 3.1.1.2: at least 15 for a password, at least 64 accepted, none cut off). */
export const passwordLength = { least: 15, most: 128 } as const

/** A guesser with the list in hand would find it among the first 2^30 tries. Two or three very common words are less. */
const leastBits = 30

/**
 * What is wrong with a password that someone wants to set; empty when nothing is. No rule asks for kinds of characters.
 * @param context the user name, the person's name, the practice: words that do not count.
 */
export function passwordFindings(password: string, context: readonly string[]): Finding[] {
  const length = [...normalPassword(password)].length
  if (!password.isWellFormed()) return [finding('It holds a broken character. Type it again.')]
  if (length < passwordLength.least)
    return [finding(`It is shorter than ${passwordLength.least} characters. A sentence is easy to remember.`)]
  if (length > passwordLength.most) return [finding(`It is longer than ${passwordLength.most} characters.`)]
  if (guessBits(password, [...context, 'Chartkeep']) < leastBits) {
    return [
      finding(
        'It is made of names, common words, repetitions or keyboard rows that are tried first. Add words that others would not think of.',
      ),
    ]
  }
  return []
}

/** Throws 'password-unsuitable' with the reason. */
export function requireSuitablePassword(password: string, context: readonly string[]): void {
  const findings = passwordFindings(password, context)
  if (findings.length > 0) throw new Refusal('password-unsuitable', { findings })
}

/** The form that is hashed, so that the same keys give the same password on every keyboard and system. */
export function normalPassword(password: string): string {
  return password.normalize('NFKC')
}

function finding(text: string): Finding {
  return { expression: 'password', issue: 'business-rule', text }
}
