import type { Persona } from './households.ts'
import type { Chart } from './chart.ts'
import { concept, type Element, extension, type Json, profile, type Resource } from './resource.ts'

export const mrnSystem = 'https://alderbrook.example/mrn'

const races: Readonly<Record<string, string>> = {
  '2106-3': 'White',
  '2054-5': 'Black or African American',
  '2028-9': 'Asian',
  '1002-5': 'American Indian or Alaska Native',
  '2076-8': 'Native Hawaiian or Other Pacific Islander',
  '2131-1': 'Other Race',
}

/** The Patient resource with the parts that US Core asks for. */
export function makePatient(chart: Chart): Resource {
  const { person } = chart
  return {
    resourceType: 'Patient',
    meta: profile('patient'),
    extension: demographics(person),
    identifier: [
      {
        use: 'usual',
        type: { ...concept('v2-0203', 'MR', 'Medical record number'), text: 'Medical record number' },
        system: mrnSystem,
        value: person.mrn,
      },
    ],
    active: person.death === undefined,
    name: names(person),
    telecom: telecom(person),
    gender: person.gender,
    birthDate: chart.day(person.birth),
    ...(person.death === undefined ? {} : { deceasedDateTime: chart.day(person.death) }),
    address: [
      {
        use: 'home',
        line: [person.address.line],
        city: person.address.town,
        state: 'MA',
        postalCode: person.address.postalCode,
        country: 'US',
      },
    ],
    maritalStatus: person.married
      ? concept('v3-MaritalStatus', 'M', 'Married')
      : concept('v3-MaritalStatus', 'S', 'Never Married'),
    communication: [
      {
        language: {
          coding: [{ system: 'urn:ietf:bcp:47', code: person.language[0], display: person.language[1] }],
          text: person.language[1],
        },
        preferred: true,
      },
    ],
    generalPractitioner: [{ reference: primaryCare(chart).ref, display: primaryCare(chart).display }],
    managingOrganization: { reference: chart.practice.organization.ref, display: chart.practice.organization.display },
  }
}

/** The clinician a patient belongs to: always the same one for the same patient. */
export function primaryCare(chart: Chart): Chart['practice']['clinicians'][number] {
  const { clinicians } = chart.practice
  const found = clinicians[(chart.person.index >> 2) % clinicians.length]
  if (found === undefined) throw new Error('a practice without clinicians')
  return found
}

function demographics(person: Persona): readonly Json[] {
  const system = 'urn:oid:2.16.840.1.113883.6.238'
  const race = races[person.race] ?? 'Other Race'
  const ethnicity = person.hispanic ? 'Hispanic or Latino' : 'Not Hispanic or Latino'
  return [
    extension('race', {
      extension: [
        { url: 'ombCategory', valueCoding: { system, code: person.race, display: race } },
        { url: 'text', valueString: race },
      ],
    }),
    extension('ethnicity', {
      extension: [
        {
          url: 'ombCategory',
          valueCoding: { system, code: person.hispanic ? '2135-2' : '2186-5', display: ethnicity },
        },
        { url: 'text', valueString: ethnicity },
      ],
    }),
    extension('birthsex', { valueCode: person.sex === 'female' ? 'F' : 'M' }),
  ]
}

function names(person: Persona): readonly Json[] {
  const official: Element = { use: 'official', family: person.family, given: [...person.given] }
  const native = person.native
  const inScript =
    native === undefined
      ? []
      : [
          {
            use: native.only ? 'official' : 'usual',
            text: `${native.given} ${native.family}`,
            family: native.family,
            given: [native.given],
          },
        ]
  const preferred = person.preferred
  return [
    ...(native?.only === true ? [] : [official]),
    ...inScript,
    ...(preferred === undefined || native?.only === true
      ? []
      : [{ use: 'nickname', family: person.family, given: [preferred] }]),
    ...(person.maiden === undefined ? [] : [{ use: 'maiden', family: person.maiden, given: [...person.given] }]),
  ]
}

function telecom(person: Persona): readonly Json[] {
  const email = person.email
  return [
    { system: 'phone', value: person.phone, use: 'mobile', rank: 1 },
    ...(email === undefined ? [] : [{ system: 'email', value: email, use: 'home' }]),
  ]
}

/** Parents and spouses, as people to call. */
export function addRelatives(chart: Chart, household: readonly Persona[]): void {
  for (const { index, relation } of chart.person.relatives) {
    const relative = household.find((person) => person.index === index)
    if (relative === undefined || relation === 'CHILD') continue
    const display = { SPS: 'spouse', MTH: 'mother', FTH: 'father' }[relation]
    chart.add({
      resourceType: 'RelatedPerson',
      active: relative.death === undefined,
      patient: { reference: chart.patient.ref },
      relationship: [{ ...concept('v3-RoleCode', relation, display), text: display }],
      name: [{ use: 'official', family: relative.family, given: [...relative.given] }],
      telecom: [{ system: 'phone', value: relative.phone, use: 'mobile' }],
      gender: relative.gender,
      address: [
        {
          use: 'home',
          line: [relative.address.line],
          city: relative.address.town,
          state: 'MA',
          postalCode: relative.address.postalCode,
          country: 'US',
        },
      ],
    })
  }
}
