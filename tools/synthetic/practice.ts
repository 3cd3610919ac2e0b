import type { Day } from './calendar.ts'
import { traditions } from './names.ts'
import type { Random } from './random.ts'
import { makeRoster, type Slot } from './roster.ts'
import { coding, concept, type Element, type Entry, profile, type Resource, type Target, to } from './resource.ts'

export type StaffRole = 'front-desk' | 'nurse' | 'clinician' | 'biller' | 'privacy-officer' | 'administrator'

/** Someone who works here and will have an account. */
export interface StaffMember {
  readonly user: string
  readonly name: string
  /** The role in use at first; `roles` are all that the person holds. */
  readonly role: StaffRole
  readonly roles: readonly StaffRole[]
  /** `fullUrl` of the Practitioner; the administrator has none. */
  readonly practitioner?: string
}

export interface Practice {
  readonly entries: readonly Entry[]
  readonly staff: readonly StaffMember[]
  readonly organization: Target
  readonly clinic: Target
  readonly laboratory: Target
  readonly rooms: readonly Target[]
  readonly clinicians: readonly Target[]
  readonly nurses: readonly Target[]
  /** Slots of today that are given away, in order of time: the board is made of them. */
  readonly taken: readonly Slot[]
  readonly offset: string
  /** Patients' resources name the practice's by `Type?identifier=…` instead of by fullUrl. */
  readonly conditional: boolean
}

const place = 'Alderbrook Family Medicine'
const npiSystem = 'http://hl7.org/fhir/sid/us-npi'
const taxonomy = 'http://nucc.org/provider-taxonomy'

type Specialty = readonly [code: string, display: string]
const family: Specialty = ['207Q00000X', 'Family Medicine Physician']
const pediatrics: Specialty = ['208000000X', 'Pediatrics Physician']
const practitioner: Specialty = ['363L00000X', 'Nurse Practitioner']
const nurse: Specialty = ['163W00000X', 'Registered Nurse']

/** The practice as it stands today: places, people and the roster of the coming days. */
export function makePractice(
  root: Random,
  patients: number,
  today: Day,
  offset: string,
  conditional: boolean,
): Practice {
  const random = root.fork('practice')
  const entries: Entry[] = []
  const add = (resource: Resource, display: string, identifier?: readonly [system: string, value: string]): Target => {
    const fullUrl = `urn:uuid:${random.uuid()}`
    entries.push({ fullUrl, resource })
    const ref =
      conditional && identifier !== undefined ? `${resource.resourceType}?identifier=${identifier.join('|')}` : fullUrl
    return { ref, display }
  }

  const organization = add(makeOrganization(place, '9999900015', 'prov', 'Healthcare Provider'), place, [
    npiSystem,
    '9999900015',
  ])
  const labName = 'Thistleton Clinical Laboratory'
  const laboratory = add(makeOrganization(labName, '9999900023', 'prov', 'Healthcare Provider'), labName, [
    npiSystem,
    '9999900023',
  ])
  const clinic = add(makeLocation(place, 'clinic', organization), place, [placeSystem, 'clinic'])
  const rooms = ['Room 1', 'Room 2', 'Room 3', 'Procedure room'].map((name) => {
    const slug = name.toLowerCase().replace(' ', '-')
    return add(makeLocation(name, slug, organization, clinic), name, [placeSystem, slug])
  })
  add(makeService(organization, clinic), 'Primary care')

  const doctors = Math.min(40, Math.max(4, Math.ceil(patients / 2500)))
  const clinicians: Target[] = []
  const nurses: Target[] = []
  const staff: StaffMember[] = []
  const join = (
    title: string,
    suffix: string,
    specialty: Specialty,
    role: StaffRole,
    roles: readonly StaffRole[],
  ): Target => {
    const person = drawPerson(random, staff.length, staff)
    const npi = npiOf(100 + staff.length)
    const display = `${title}${person.given} ${person.family}${suffix}`
    const target = add(makePractitioner(person, title, suffix, npi), display, [npiSystem, npi])
    add(makeRole(target, organization, clinic, specialty), display)
    staff.push({ user: person.user, name: display, role, roles, practitioner: entries.at(-2)?.fullUrl ?? '' })
    return target
  }
  for (let at = 0; at < doctors; at++) {
    const specialty = at % 4 === 3 ? practitioner : at % 4 === 2 ? pediatrics : family
    clinicians.push(
      join(
        specialty === practitioner ? '' : 'Dr. ',
        specialty === practitioner ? ', NP' : ', MD',
        specialty,
        'clinician',
        at === 0 ? ['clinician', 'privacy-officer'] : ['clinician'],
      ),
    )
  }
  for (let at = 0; at < 3; at++) nurses.push(join('', ', RN', nurse, 'nurse', ['nurse']))
  for (const role of ['front-desk', 'front-desk', 'biller', 'privacy-officer', 'administrator'] as const) {
    const person = drawPerson(random, staff.length, staff)
    staff.push({ user: person.user, name: `${person.given} ${person.family}`, role, roles: [role] })
  }

  const taken = makeRoster(random, clinicians, rooms, { today, offset }, add)
  return { entries, staff, organization, clinic, laboratory, rooms, clinicians, nurses, taken, offset, conditional }
}

const placeSystem = 'https://alderbrook.example/places'

function makeOrganization(name: string, npi: string, code: string, display: string): Resource {
  return {
    resourceType: 'Organization',
    meta: profile('organization'),
    identifier: [{ system: npiSystem, value: npi }],
    active: true,
    type: [{ ...concept('organization-type', code, display), text: display }],
    name,
    telecom: [{ system: 'phone', value: '(413) 555-0100', use: 'work' }],
    address: [{ line: ['12 Millpond Lane'], city: 'Alderbrook', state: 'MA', postalCode: '00091', country: 'US' }],
  }
}

function makeLocation(name: string, slug: string, organization: Target, within?: Target): Resource {
  const kind = within === undefined ? ['bu', 'Building'] : ['ro', 'Room']
  return {
    resourceType: 'Location',
    meta: profile('location'),
    identifier: [{ system: placeSystem, value: slug }],
    status: 'active',
    name,
    mode: 'instance',
    type: [
      concept(
        'v3-RoleCode',
        within === undefined ? 'PC' : 'HU',
        within === undefined ? 'Primary care clinic' : 'Hospital unit',
      ),
    ],
    telecom: [{ system: 'phone', value: '(413) 555-0100', use: 'work' }],
    address: { line: ['12 Millpond Lane'], city: 'Alderbrook', state: 'MA', postalCode: '00091', country: 'US' },
    physicalType: concept('location-physical-type', kind[0] ?? '', kind[1]),
    managingOrganization: to(organization),
    ...(within === undefined ? {} : { partOf: to(within) }),
  }
}

function makeService(organization: Target, clinic: Target): Resource {
  return {
    resourceType: 'HealthcareService',
    active: true,
    providedBy: to(organization),
    category: [concept('service-category', '17', 'General Practice')],
    name: 'Primary care',
    location: [to(clinic)],
    appointmentRequired: true,
    availableTime: [
      { daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'], availableStartTime: '08:00:00', availableEndTime: '17:00:00' },
    ],
  }
}

interface Drawn {
  readonly given: string
  readonly family: string
  readonly user: string
  readonly sex: 'female' | 'male'
}

function drawPerson(random: Random, at: number, taken: readonly StaffMember[]): Drawn {
  for (;;) {
    const tradition = random.pick(traditions)
    const sex = at % 3 === 1 ? 'male' : 'female'
    const given = random.pick(tradition[sex])
    const last = random.pick(tradition.family)
    const user = `${given.slice(0, 1)}${last}`
      .normalize('NFD')
      .replaceAll(/[^A-Za-z]/g, '')
      .toLowerCase()
    if (user.length > 3 && taken.every((member) => member.user !== user)) return { given, family: last, user, sex }
  }
}

/** Ten digits that begin with 9, as no real NPI does, with the check digit of CMS (Luhn over 80840 and the rest). */
function npiOf(number: number): string {
  const stem = `99999${String(number).padStart(4, '0')}`
  let sum = 24 // what the prefix 80840 adds
  for (const [at, digit] of [...stem].entries()) {
    const twice = Number(digit) * (at % 2 === 0 ? 2 : 1)
    sum += twice > 9 ? twice - 9 : twice
  }
  return `${stem}${(10 - (sum % 10)) % 10}`
}

function makePractitioner(person: Drawn, title: string, suffix: string, npi: string): Resource {
  const name: Element = {
    use: 'official',
    family: person.family,
    given: [person.given],
    ...(title === '' ? {} : { prefix: [title.trim()] }),
    ...(suffix === '' ? {} : { suffix: [suffix.slice(2)] }),
  }
  return {
    resourceType: 'Practitioner',
    meta: profile('practitioner'),
    identifier: [{ system: npiSystem, value: npi }],
    active: true,
    name: [name],
    telecom: [{ system: 'email', value: `${person.user}@alderbrook.example`, use: 'work' }],
    gender: person.sex,
  }
}

function makeRole(who: Target, organization: Target, clinic: Target, specialty: Specialty): Resource {
  const kind = { coding: [coding(taxonomy, specialty)], text: specialty[1] }
  return {
    resourceType: 'PractitionerRole',
    meta: profile('practitionerrole'),
    active: true,
    practitioner: to(who),
    organization: to(organization),
    code: [kind],
    specialty: [kind],
    location: [to(clinic)],
    telecom: [{ system: 'phone', value: '(413) 555-0100', use: 'work' }],
  }
}
