import { bare, type Chart, type Visit } from './chart.ts'
import { type Code, coding, loincSystem, profile, snomed, type Target } from './resource.ts'

const screening: readonly {
  readonly code: Code
  readonly from: number
  readonly until: number
  readonly sex?: 'female' | 'male'
  readonly chance: number
}[] = [
  { code: ['171207006', 'Depression screening'], from: 13, until: 110, chance: 0.5 },
  { code: ['428191000124101', 'Documentation of current medications'], from: 18, until: 110, chance: 0.4 },
  { code: ['29303009', 'Electrocardiographic procedure'], from: 45, until: 100, chance: 0.16 },
  { code: ['73761001', 'Colonoscopy'], from: 45, until: 76, chance: 0.08 },
  { code: ['54550000', 'Screening for cervical cancer'], from: 21, until: 65, sex: 'female', chance: 0.26 },
  { code: ['127783003', 'Spirometry'], from: 8, until: 90, chance: 0.05 },
]

/** What is done at a yearly visit besides talking. */
export function addScreening(chart: Chart, visit: Visit): void {
  for (const choice of screening) {
    const due =
      visit.age >= choice.from &&
      visit.age <= choice.until &&
      (choice.sex === undefined || choice.sex === chart.person.sex)
    if (due && chart.random.chance(choice.chance)) addProcedure(chart, visit, choice.code)
  }
}

export function addProcedure(chart: Chart, visit: Visit, code: Code, reason?: Target): void {
  chart.add({
    resourceType: 'Procedure',
    meta: profile('procedure'),
    status: 'completed',
    code: snomed(code),
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    performedPeriod: { start: chart.time(visit.start + 16), end: chart.time(visit.start + 22) },
    performer: [{ actor: { reference: visit.clinician.ref, display: visit.clinician.display } }],
    location: { reference: chart.practice.clinic.ref, display: chart.practice.clinic.display },
    ...(reason === undefined ? {} : { reasonReference: [{ reference: reason.ref, display: reason.display }] }),
  })
}

const referrals: readonly Code[] = [
  ['183524004', 'Referral to psychiatry service'],
  ['183519002', 'Referral to cardiology service'],
  ['306205009', 'Referral to orthopedic service'],
  ['306170007', 'Referral to physical therapy service'],
  ['306136006', 'Referral to dermatology service'],
]

/** A referral that has gone out; the newest are still open. */
export function addReferral(chart: Chart, visit: Visit, reason: Target | undefined): void {
  const open = visit.start / 1440 + 60 > chart.last
  chart.add({
    resourceType: 'ServiceRequest',
    meta: profile('servicerequest'),
    status: open ? 'active' : 'completed',
    intent: 'order',
    category: [snomed(['3457005', 'Patient referral'])],
    priority: 'routine',
    code: snomed(chart.random.pick(referrals)),
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    authoredOn: chart.time(visit.start + 19),
    requester: { reference: visit.clinician.ref, display: visit.clinician.display },
    ...(reason === undefined ? {} : { reasonReference: [{ reference: reason.ref, display: reason.display }] }),
  })
}

interface Study {
  readonly procedure: Code
  readonly modality: readonly [code: string, display: string]
  readonly site: Code
  readonly sopClass: string
  readonly instances: number
}

// oxfmt-ignore
const studies: Readonly<Record<string, Study>> = {
  chest: { procedure: ['399208008', 'Plain X-ray of chest'], modality: ['DX', 'Digital Radiography'], site: ['51185008', 'Thoracic structure'], sopClass: '1.2.840.10008.5.1.4.1.1.1.1', instances: 2 },
  ankle: { procedure: ['19490002', 'Plain X-ray of ankle'], modality: ['DX', 'Digital Radiography'], site: ['344001', 'Ankle region structure'], sopClass: '1.2.840.10008.5.1.4.1.1.1.1', instances: 3 },
  breast: { procedure: ['71651007', 'Mammography'], modality: ['MG', 'Mammography'], site: ['76752008', 'Breast structure'], sopClass: '1.2.840.10008.5.1.4.1.1.1.2', instances: 4 },
}

export function addStudy(chart: Chart, visit: Visit, key: string): void {
  const study = studies[key]
  if (study === undefined) return
  const { random } = chart
  // DICOM PS3.5 B.2: a UUID as a decimal number under 2.25 needs no registration.
  const uid = (): string => `2.25.${BigInt(`0x${random.uuid().replaceAll('-', '')}`)}`
  const started = chart.time(visit.start + 18)
  chart.add({
    resourceType: 'ImagingStudy',
    identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${uid()}` }],
    status: 'available',
    modality: [dicom(study.modality)],
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    started,
    numberOfSeries: 1,
    numberOfInstances: study.instances,
    procedureCode: [snomed(study.procedure)],
    location: { reference: chart.practice.clinic.ref, display: chart.practice.clinic.display },
    series: [
      {
        uid: uid(),
        number: 1,
        modality: dicom(study.modality),
        description: study.procedure[1],
        numberOfInstances: study.instances,
        bodySite: coding('http://snomed.info/sct', study.site),
        started,
        instance: Array.from({ length: study.instances }, (_, at) => ({
          uid: uid(),
          sopClass: { system: 'urn:ietf:rfc:3986', code: `urn:oid:${study.sopClass}` },
          number: at + 1,
        })),
      },
    ],
  })
  chart.add({
    resourceType: 'DiagnosticReport',
    meta: profile('diagnosticreport-note'),
    status: 'final',
    category: [{ coding: [coding(loincSystem, ['LP29684-5', 'Radiology'])] }],
    code: snomed(study.procedure),
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    effectiveDateTime: started,
    issued: chart.time(visit.start + 60),
    performer: [{ reference: chart.practice.organization.ref, display: chart.practice.organization.display }],
    conclusion: random.pick([
      'No acute abnormality.',
      'Unremarkable study.',
      'No fracture seen. Soft tissue swelling.',
    ]),
  })
}

function dicom([code, display]: readonly [string, string]) {
  return { system: 'http://dicom.nema.org/resources/ontology/DCM', code, display }
}
