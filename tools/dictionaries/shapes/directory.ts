import { type Code, coding, concept, type Element, type Json, type Resource } from '../../synthetic/resource.ts'
import { base, core, meta, type Shape, someone, text } from './parts.ts'

const races: readonly Code[] = [
  ['2106-3', 'White'],
  ['2054-5', 'Black or African American'],
  ['2028-9', 'Asian'],
  ['1002-5', 'American Indian or Alaska Native'],
  ['2131-1', 'Other'],
]
const ethnicities: readonly Code[] = [
  ['2186-5', 'Non Hispanic or Latino'],
  ['2135-2', 'Hispanic or Latino'],
]
const languages: readonly Code[] = [
  ['en-US', 'English'],
  ['es', 'Spanish'],
]
const specialties: readonly Code[] = [
  ['208D00000X', 'General Practice'],
  ['207Q00000X', 'Family Medicine'],
  ['207R00000X', 'Internal Medicine'],
  ['208000000X', 'Pediatrics'],
]
const place = { line: [someone], city: someone, state: someone, postalCode: someone, country: 'US' }
const direct = { url: `${core}direct`, valueBoolean: true }

/** People and places. */
export function* directory(): Generator<Shape> {
  for (const race of races) {
    for (const ethnicity of ethnicities) {
      for (const language of languages) {
        yield { weight: 1, resource: patient(race, ethnicity, language, 'male') }
        yield { weight: 1, resource: patient(race, ethnicity, language, 'female') }
      }
    }
  }
  for (const specialty of specialties) {
    yield { weight: 1, resource: practitionerRole(specialty) }
    yield { weight: 1, resource: practitioner('male') }
    yield { weight: 1, resource: practitioner('female') }
  }
  yield { weight: 1, resource: organization() }
  yield { weight: 1, resource: location() }
}

function ombCategory(name: string, code: Code): Json {
  const category = { url: 'ombCategory', valueCoding: coding('urn:oid:2.16.840.1.113883.6.238', code) }
  return { url: `${core}${name}`, extension: [category, { url: 'text', valueString: code[1] }] }
}

function numbered(code: Code, system: string): Json {
  return { type: { ...concept('v2-0203', code[0], code[1]), text: code[1] }, system, value: someone }
}

function patient(race: Code, ethnicity: Code, language: Code, gender: string): Resource {
  const point = [
    { url: 'latitude', valueDecimal: 7.5 },
    { url: 'longitude', valueDecimal: 7.5 },
  ]
  const spoken = text('urn:ietf:bcp:47', language)
  return {
    resourceType: 'Patient',
    id: someone,
    meta: meta(`${core}patient`),
    text: { status: 'generated', div: someone },
    extension: [
      ombCategory('race', race),
      ombCategory('ethnicity', ethnicity),
      { url: `${base}patient-mothersMaidenName`, valueString: someone },
      { url: `${core}birthsex`, valueCode: gender === 'male' ? 'M' : 'F' },
      { url: `${base}patient-birthPlace`, valueAddress: { city: someone, state: someone, country: 'US' } },
    ],
    identifier: [
      { system: someone, value: someone },
      numbered(['MR', 'Medical Record Number'], someone),
      numbered(['SS', 'Social Security Number'], 'http://hl7.org/fhir/sid/us-ssn'),
      numbered(['DL', "Driver's License"], someone),
      numbered(['PPN', 'Passport Number'], someone),
    ],
    name: [{ use: 'official', family: someone, given: [someone], prefix: [someone] }],
    telecom: [{ system: 'phone', value: someone, use: 'home' }],
    gender,
    birthDate: '1980-01-01',
    address: [{ extension: [{ url: `${base}geolocation`, extension: point }], ...place }],
    maritalStatus: {
      ...concept('v3-MaritalStatus', gender === 'male' ? 'M' : 'S', gender === 'male' ? 'M' : 'S'),
      text: someone,
    },
    multipleBirthBoolean: false,
    communication: [{ language: spoken }],
  }
}

const email = { extension: [direct], system: 'email', value: someone, use: 'work' }

function practitioner(gender: string): Resource {
  return {
    resourceType: 'Practitioner',
    id: someone,
    meta: meta(`${core}practitioner`),
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: someone }],
    active: true,
    name: [{ family: someone, given: [someone], prefix: [someone] }],
    telecom: [email],
    address: [place],
    gender,
  }
}

function practitionerRole(specialty: Code): Resource {
  const kind = text('http://nucc.org/provider-taxonomy', specialty)
  const known = (system: string): Element => ({ identifier: { system, value: someone }, display: someone })
  return {
    resourceType: 'PractitionerRole',
    id: someone,
    meta: meta(`${core}practitionerrole`),
    practitioner: known('http://hl7.org/fhir/sid/us-npi'),
    organization: known(someone),
    code: [kind],
    specialty: [kind],
    location: [known(someone)],
    telecom: [{ system: 'phone', value: someone }, email],
  }
}

function organization(): Resource {
  return {
    resourceType: 'Organization',
    id: someone,
    meta: meta(`${core}organization`),
    identifier: [{ system: someone, value: someone }],
    active: true,
    type: [{ ...concept('organization-type', 'prov', 'Healthcare Provider'), text: 'Healthcare Provider' }],
    name: someone,
    telecom: [{ system: 'phone', value: someone }],
    address: [place],
  }
}

function location(): Resource {
  return {
    resourceType: 'Location',
    id: someone,
    meta: meta(`${core}location`),
    identifier: [{ system: someone, value: someone }],
    status: 'active',
    name: someone,
    telecom: [{ system: 'phone', value: someone }],
    address: place,
    position: { longitude: 7.5, latitude: 7.5 },
    managingOrganization: { identifier: { system: someone, value: someone }, display: someone },
  }
}
