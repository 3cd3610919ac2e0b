import type { Role } from '@chartkeep/model/office'

const roleNames: Record<Role, string> = {
  'front-desk': 'Front desk',
  nurse: 'Nurse',
  clinician: 'Clinician',
  biller: 'Biller',
  'privacy-officer': 'Privacy officer',
  administrator: 'Administrator',
}

export const allRoles: readonly Role[] = [
  'front-desk',
  'nurse',
  'clinician',
  'biller',
  'privacy-officer',
  'administrator',
]

export function roleName(role: Role): string {
  return roleNames[role]
}

/** A role that came as text (from the ledger, which also knows clients and jobs). */
export function roleText(role: string): string {
  return Object.entries(roleNames).find(([code]) => code === role)?.[1] ?? sentence(role)
}

/** `with-provider` → `With provider` */
export function sentence(code: string): string {
  const words = code.replaceAll(/[-_]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** For within a sentence; abbreviations stay as they are. */
export function uncapitalized(words: string): string {
  return /^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words
}

const sexes: Record<string, readonly [letter: string, word: string]> = {
  male: ['M', 'Male'],
  female: ['F', 'Female'],
  other: ['O', 'Other'],
  unknown: ['U', 'Unknown'],
}

export function sexLetter(sex: string | undefined): string {
  return sexes[sex ?? '']?.[0] ?? '–'
}

export function sexWord(sex: string | undefined): string {
  return sexes[sex ?? '']?.[1] ?? 'Sex not recorded'
}

/** `1 problem`, `3 problems`, `1,204 problems` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}
