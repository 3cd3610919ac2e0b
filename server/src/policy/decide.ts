import type { SearchQuery } from '@chartkeep/model/fhir'
import type { RefusalCode } from '#base'
import type { Action, Client, Person, Question } from './question.ts'
import { categoryOf, rightsOf, scanners } from './roles.ts'
import { rowsOpen } from './scopes.ts'
import { type View, viewOf } from './view.ts'

export type Decision =
  | {
      readonly allow: true
      readonly rule: string
      /** What is shown of each record; absent: all of it. */
      readonly view?: View | undefined
      /** Only records that meet all of one of these; absent: every record. */
      readonly rows?: readonly (readonly SearchQuery[])[]
    }
  | { readonly allow: false; readonly rule: string; readonly remedy: string; readonly code: RefusalCode }

/** Who opens ledger records, and never by a FHIR write: the ledger has no interface that changes it. */
const neverWritten = new Set(['AuditEvent'])

/** Total and pure: no rule matched means no, and a new action does not compile until it stands here. */
export function decide(question: Question): Decision {
  const { actor, action, type } = question
  if (neverWritten.has(type) && isWrite(action)) {
    return no(
      'ledger-is-append-only',
      'The access ledger writes itself; nobody adds to it, changes it or deletes from it.',
    )
  }
  switch (actor.kind) {
    case 'person':
      return decidePerson(actor, question)
    case 'client':
      return decideClient(actor, question)
    case 'job':
      return action === 'create' || action === 'search' || action === 'read' || action === 'update'
        ? yes(`job:${actor.task}`)
        : no(`job:${actor.task}`, 'Only an import runs as a job, and an import only reads, adds and replaces records.')
  }
}

function decidePerson(person: Person, { action, type }: Question): Decision {
  const category = categoryOf(type)
  const held = rightsOf(person.role, category)
  const rule = `role:${person.role}/${category}`
  const view = viewOf(person.role, type)
  switch (action) {
    case 'read':
      return held.includes('r') ? yes(rule, view) : refuseRole(rule, category)
    case 'search':
      return held.includes('s') ? yes(rule, view) : refuseRole(rule, category)
    case 'scan':
      return held.includes('s') && scanners[category].includes(person.role)
        ? yes(`${rule}/scan`, view)
        : no(`${rule}/scan`, 'Narrow the search: name a patient, or a parameter that is indexed.')
    case 'history':
      return held.includes('h') ? yes(rule, view) : refuseRole(rule, category)
    case 'create':
      return held.includes('c') ? yes(rule, view) : refuseRole(rule, category)
    case 'update':
      // What the view leaves out is kept as it is by the store: who does not see it can neither lose nor change it.
      return held.includes('u') ? yes(rule, view) : refuseRole(rule, category)
    case 'delete':
      return held.includes('d') ? yes(rule) : refuseRole(rule, category)
    case 'draft':
      return held.includes('c') && category === 'clinical' ? yes(`${rule}/own-draft`) : refuseRole(rule, category)
    case 'sign':
      return held.includes('c') && category === 'clinical' ? yes(`${rule}/own-signature`) : refuseRole(rule, category)
    case 'review-access':
      return person.role === 'privacy-officer' || person.role === 'clinician' || person.role === 'nurse'
        ? yes(`role:${person.role}/access-history`)
        : no(
            `role:${person.role}/access-history`,
            'Access history is open to those who treat the patient and to the privacy officer.',
          )
    case 'manage-accounts':
      return person.role === 'administrator'
        ? yes('role:administrator/accounts')
        : no(`role:${person.role}/accounts`, 'Ask an administrator.')
    case 'view-system':
      return person.role === 'administrator' || person.role === 'privacy-officer'
        ? yes(`role:${person.role}/system`)
        : no(`role:${person.role}/system`, 'Ask an administrator or the privacy officer.')
  }
}

function decideClient(client: Client, { action, type }: Question): Decision {
  const letter = scopeLetters[action]
  if (letter === undefined) return no('client:people-only', 'Only a person at a workstation does this.')
  const rows = rowsOpen(client.scopes, type, letter)
  if (rows === undefined)
    return {
      ...no('client:scope', 'Register the client for a scope that covers this, and ask for it.'),
      code: 'scope-insufficient',
    }
  return rows === 'all' ? yes('client:scope') : { ...yes('client:scope'), rows }
}

const scopeLetters: Record<Action, string | undefined> = {
  read: 'r',
  history: 'r',
  search: 's',
  scan: 's',
  create: 'c',
  update: 'u',
  delete: 'd',
  draft: undefined,
  sign: undefined,
  'review-access': undefined,
  'manage-accounts': undefined,
  'view-system': undefined,
}

const remedies = {
  directory: 'An administrator keeps the directory.',
  demographic: 'Ask the front desk or someone who treats the patient.',
  scheduling: 'Ask the front desk.',
  clinical: 'Clinical records are open to nurses and clinicians.',
  billing: 'Ask billing.',
  governance: 'Ask the privacy officer.',
  definition: 'An administrator keeps definitions.',
} as const

function refuseRole(rule: string, category: keyof typeof remedies): Decision {
  return no(rule, remedies[category])
}

function yes(rule: string, view?: View): Decision & { allow: true } {
  return { allow: true, rule, view }
}

function no(rule: string, remedy: string): { allow: false; rule: string; remedy: string; code: RefusalCode } {
  return { allow: false, rule, remedy, code: 'not-permitted' }
}

function isWrite(action: Action): boolean {
  return action === 'create' || action === 'update' || action === 'delete'
}
