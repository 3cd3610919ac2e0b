import { type Category, type Role, roles } from './roles.ts'

const roleWords = {
  'front-desk': 'the front desk',
  nurse: 'nurses',
  clinician: 'clinicians',
  biller: 'billing',
  'privacy-officer': 'the privacy officer',
  administrator: 'administrators',
} as const

const categoryWords: Record<Category, string> = {
  directory: 'the practice directory',
  demographic: 'who patients are',
  scheduling: 'the schedule',
  clinical: 'clinical records',
  billing: 'billing records',
  governance: 'consent and access records',
  definition: 'definitions',
}

const subjects: Readonly<Record<string, string>> = {
  ...categoryWords,
  'clinical/own-draft': 'their own unfinished notes',
  'clinical/own-signature': 'notes that they sign',
  'access-history': 'who opened a chart',
  accounts: 'accounts',
  system: 'the state of the system',
}

const rules: Readonly<Record<string, string>> = {
  'ledger-is-append-only': 'The access ledger writes itself',
  'author:oneself': 'Who writes a note names nobody else as its author',
  'part-not-seen': 'What one does not see of a record, one does not take out',
  'signing:password': 'A note is signed in the chart, where the password is asked for again',
  'office:people-only': 'The web app is for people; programs use the FHIR interface',
  'role:not-held': 'A role that an administrator has not given',
}

/** A rule in words that a patient would understand: "Open to clinicians: clinical records". Several are separated by spaces. */
export function explainRule(rule: string): string {
  return rule.split(' ').map(explainOne).join('; ')
}

function explainOne(rule: string): string {
  const role = roles.find((known) => rule.startsWith(`role:${known}/`))
  if (role !== undefined) return explainRole(role, rule.slice(`role:${role}/`.length)) ?? rule
  if (rule.startsWith('client:')) return 'The scopes that the program was registered for'
  if (rule.startsWith('job:')) return 'An import started on the server by an operator'
  return rules[rule] ?? rule
}

function explainRole(role: Role, named: string): string | undefined {
  const all = named.endsWith('/scan')
  const subject = subjects[all ? named.slice(0, -'/scan'.length) : named]
  if (subject === undefined) return undefined
  return all
    ? `What ${roleWords[role]} may search for through ${subject} of all patients`
    : `What ${roleWords[role]} may see and do with ${subject}`
}
