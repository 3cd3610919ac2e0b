import { type Finding, Refusal } from '#base'
import { isPersonName, isUserName } from './people.ts'

export interface NewAccount {
  readonly tenant: number
  readonly user: string
  /** As it stands in access histories and on notes. */
  readonly name: string
  /** Words that policy knows; the first is the one taken at sign-in. */
  readonly roles: readonly string[]
  readonly password: string
  readonly practitioner?: string
  /**
   * A second factor made elsewhere, for accounts that nobody will enrol by hand: those of a demonstration. Left out,
   * the person enrols one at the first sign-in, within a week.
   */
  readonly totpSecret?: Uint8Array
}

/** Throws 'input-invalid' with what is wrong and where. */
export function requireValid({ user, name, roles, practitioner, totpSecret }: NewAccount): void {
  const findings: Finding[] = []
  const wrong = (expression: string, text: string): unknown => findings.push({ expression, issue: 'value', text })
  if (!isUserName(user)) wrong('user', "A user name is 1 to 64 letters, digits and . _ - @ + ' without blanks.")
  if (!isPersonName(name)) wrong('name', 'A name is 1 to 200 characters on one line.')
  if (
    roles.length === 0 ||
    new Set(roles).size !== roles.length ||
    !roles.every((role) => /^[a-z][a-z-]{1,39}$/.test(role))
  ) {
    wrong('roles', 'Name at least one role, each once.')
  }
  if (practitioner !== undefined && !/^Practitioner\/[A-Za-z0-9.-]{1,64}$/.test(practitioner))
    wrong('practitioner', 'That is not a reference of a Practitioner.')
  if (totpSecret !== undefined && totpSecret.length < 16)
    wrong('totpSecret', 'The secret of one-time codes has at least 128 bits.')
  if (findings.length > 0) throw new Refusal('input-invalid', { findings })
}
