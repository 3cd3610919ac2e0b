import { resourceTypes, type ResourceType } from '@chartkeep/model/fhir'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId, Refusal } from '#base'
import { decide } from './decide.ts'
import { Grant } from './grant.ts'
import type { Action, Actor, Client, Job, Person } from './question.ts'
import { categoryOf, type Role, roles } from './roles.ts'
import { parseScope } from './scopes.ts'

const person = (role: Role): Person => ({
  kind: 'person',
  tenant: 1,
  id: newId(0),
  role,
  session: newId(0),
  workstation: 'w',
})
const client = (...scopes: string[]): Client => ({
  kind: 'client',
  tenant: 1,
  id: newId(0),
  workstation: 'w',
  scopes: scopes.flatMap((text) => parseScope(text) ?? []),
})
const job: Job = { kind: 'job', tenant: 1, id: newId(0), task: 'import', workstation: 'w' }
const allows = (actor: Actor, action: Action, type: ResourceType): boolean =>
  decide({ actor, action, type, purpose: 'TREAT' }).allow
const actions: Action[] = [
  'read',
  'search',
  'scan',
  'history',
  'create',
  'update',
  'delete',
  'draft',
  'review-access',
  'manage-accounts',
  'view-system',
]

test.each<[string, Role, Action, ResourceType, boolean]>([
  ['a clinician reads the chart', 'clinician', 'read', 'Condition', true],
  ['a clinician writes it', 'clinician', 'create', 'Observation', true],
  ['a clinician deletes a wrong entry', 'clinician', 'delete', 'Observation', true],
  ['a clinician looks for a population by diagnosis', 'clinician', 'scan', 'Condition', true],
  ['a nurse does not', 'nurse', 'scan', 'Condition', false],
  ['billing goes through claims', 'biller', 'scan', 'Claim', true],
  ['a clinician does not', 'clinician', 'scan', 'Claim', false],
  ['the front desk goes through the schedule', 'front-desk', 'scan', 'Appointment', true],
  ['a nurse reads and writes the chart', 'nurse', 'update', 'AllergyIntolerance', true],
  ['a nurse deletes nothing', 'nurse', 'delete', 'Observation', false],
  ['a nurse does not see claims', 'nurse', 'read', 'Claim', false],
  ['H-V08: the front desk sees no diagnosis', 'front-desk', 'read', 'Condition', false],
  ['H-V08: the front desk sees no note', 'front-desk', 'search', 'DocumentReference', false],
  ['the front desk keeps the schedule', 'front-desk', 'create', 'Appointment', true],
  ['the front desk registers patients', 'front-desk', 'create', 'Patient', true],
  ['H-V08: billing sees claims', 'biller', 'read', 'Claim', true],
  ['H-V08: billing sees no notes', 'biller', 'read', 'DocumentReference', false],
  ['the privacy officer sees who looked', 'privacy-officer', 'review-access', 'AuditEvent', true],
  ['the privacy officer sees no results', 'privacy-officer', 'read', 'Observation', false],
  ['H-N11: the administrator sees no patient', 'administrator', 'search', 'Patient', false],
  ['the administrator keeps the directory', 'administrator', 'update', 'Practitioner', true],
  ['the administrator does not see who looked', 'administrator', 'review-access', 'AuditEvent', false],
  ['accounts are the administrator’s', 'administrator', 'manage-accounts', 'Practitioner', true],
  ['nobody else keeps accounts', 'privacy-officer', 'manage-accounts', 'Practitioner', false],
  ['the privacy officer sees whether the ledger is whole', 'privacy-officer', 'view-system', 'AuditEvent', true],
  ['a clinician does not', 'clinician', 'view-system', 'AuditEvent', false],
  ['only who writes the chart drafts notes', 'biller', 'draft', 'DocumentReference', false],
  ['a clinician drafts', 'clinician', 'draft', 'DocumentReference', true],
  [
    'the front desk changes an appointment without seeing why someone comes',
    'front-desk',
    'update',
    'Appointment',
    true,
  ],
  ['earlier versions would show what is hidden', 'front-desk', 'history', 'Appointment', false],
])('%s', (_, role, action, type, allow) => {
  expect(allows(person(role), action, type)).toBe(allow)
})

test('A-01: nobody writes the ledger through a record, whatever the role or scope', () => {
  for (const actor of [...roles.map(person), client('system/*.cruds'), job]) {
    for (const action of ['create', 'update', 'delete'] as const)
      expect(allows(actor, action, 'AuditEvent')).toBe(false)
  }
})

test('the administrator has no right to any record that could be about a patient', () => {
  for (const type of resourceTypes) {
    if (['directory', 'definition'].includes(categoryOf(type))) continue
    for (const action of actions.filter((one) => one !== 'manage-accounts' && one !== 'view-system'))
      expect(allows(person('administrator'), action, type), `${action} ${type}`).toBe(false)
  }
})

test('H-A10: every refusal names its rule and what would satisfy it', () => {
  for (const actor of [...roles.map(person), client(), client('system/Patient.r'), job]) {
    for (const type of resourceTypes) {
      for (const action of actions) {
        const decision = decide({ actor, action, type, purpose: 'TREAT' })
        expect(decision.rule).not.toBe('')
        if (!decision.allow) expect(decision.remedy.length).toBeGreaterThan(10)
      }
    }
  }
})

test('S-20, S-21: a client does what its scopes say and no more, and never what needs a person', () => {
  const letters: Record<string, Action> = { c: 'create', r: 'read', u: 'update', d: 'delete', s: 'search' }
  fc.assert(
    fc.property(
      fc.subarray(['c', 'r', 'u', 'd', 's']),
      fc.constantFrom<ResourceType | '*'>('Patient', 'Observation', '*'),
      fc.constantFrom<ResourceType>('Patient', 'Observation', 'Claim'),
      (granted, of, type) => {
        const actor = client(`system/${of}.${granted.join('')}`)
        for (const [letter, action] of Object.entries(letters))
          expect(allows(actor, action, type)).toBe(granted.includes(letter) && (of === '*' || of === type))
        expect(allows(actor, 'draft', type) || allows(actor, 'review-access', type)).toBe(false)
      },
    ),
  )
})

test.each([
  'system/Observation.sr',
  'system/Nothing.r',
  'system/Patient.',
  'patient/Patient.r',
  'system/Patient.rs?x=1',
  'system/Patient.rr',
  'Patient.r',
  '',
])('S-20: %j is no scope', (text) => {
  expect(parseScope(text)).toBeUndefined()
})

test('S-20: v1 scopes mean what v2 says they mean; .read does not delete', () => {
  expect([parseScope('system/Patient.read'), parseScope('system/*.write'), parseScope('system/Patient.*')]).toEqual([
    { type: 'Patient', letters: 'rs' },
    { type: '*', letters: 'cud' },
    { type: 'Patient', letters: 'cruds' },
  ])
})

test('a grant exists only where policy said yes, and carries what is hidden', () => {
  expect(() => Grant.for({ actor: person('biller'), action: 'read', type: 'Condition', purpose: 'HPAYMT' })).toThrow(
    Refusal,
  )
  const grant = Grant.for({ actor: person('front-desk'), action: 'read', type: 'Appointment', purpose: 'TREAT' })
  expect(grant.rule).toBe('role:front-desk/scheduling')
  expect(grant.view?.show({ resourceType: 'Appointment', reasonCode: [] })).toEqual({ resourceType: 'Appointment' })
})

test('a refused scope says so as OAuth does, a refused role as policy does', () => {
  expect(decide({ actor: client(), action: 'read', type: 'Patient', purpose: 'TREAT' })).toMatchObject({
    allow: false,
    code: 'scope-insufficient',
  })
  expect(decide({ actor: person('biller'), action: 'read', type: 'Condition', purpose: 'TREAT' })).toMatchObject({
    allow: false,
    code: 'not-permitted',
  })
})
