import { type PatientHistory, synthesize, transactionOf } from '../synthetic/index.ts'
import { Caller, type Load, shot, type Shot, type Target } from './load.ts'

const transactionSize = 200
const today = '2026-11-20'

/** What was stored, so that it can be asked for. */
export interface Stored {
  readonly patients: readonly { readonly id: string; readonly identifier: string; readonly name: string }[]
  readonly observations: readonly string[]
  /** A patient with 380 records. */
  readonly chart: string
}

const chartSize = 380

interface Identified {
  readonly identifier?: readonly { readonly system?: string; readonly value?: string }[]
  readonly name?: readonly { readonly family?: string }[]
}

// Transactions that are not counted, for they run while the server's code is being compiled.
const warmUp = 50

/** Stores synthetic patients in transactions of 200 and answers how many resources a second that was, once warm. */
export async function fill(target: Target, patients: number): Promise<{ rate: number; stored: Stored }> {
  const options = { seed: 'bench', patients, today } as const
  const practice = synthesize({ ...options, references: 'conditional' })
  const caller = await Caller.open(target)
  await send(caller, shot(target, 'POST', '/fhir/R4', JSON.stringify(transactionOf(synthesize(options).entries))))
  const shots: { shot: Shot; patient: Identified; size: number }[] = []
  for (const { patient, entries } of practice.patients()) {
    const part = entries.slice(0, transactionSize)
    shots.push({
      shot: shot(target, 'POST', '/fhir/R4', JSON.stringify(transactionOf(part))),
      patient: patient.resource as Identified,
      size: part.length,
    })
  }
  const answers: string[] = []
  const callers = await Promise.all(Array.from({ length: 4 }, () => Caller.open(target)))
  let next = 0
  const sendUpTo = async (end: number): Promise<void> => {
    await Promise.all(
      callers.map(async (one) => {
        for (let index = next++; index < end; index = next++)
          answers[index] = await send(one, shots[index]?.shot ?? fail())
      }),
    )
    next = end
  }
  await sendUpTo(Math.min(warmUp, Math.floor(shots.length / 2)))
  const measured = shots.slice(next)
  const start = performance.now()
  await sendUpTo(shots.length)
  const rate = (measured.reduce((sum, { size }) => sum + size, 0) * 1000) / (performance.now() - start)
  const locations = answers.map((answer) =>
    [...answer.matchAll(/"location":"[^"]*\/([A-Za-z]+\/[0-9a-f-]{36})\/_history/g)].map(
      ([, location = '']) => location,
    ),
  )
  const chart = await storeChart(target, caller, practice.heavyPatient(0, chartSize))
  for (const one of [caller, ...callers]) one.close()
  const stored = {
    chart,
    patients: shots.map(({ patient }, index) => describe(patient, locations[index] ?? [])),
    observations: locations.flat().filter((location) => location.startsWith('Observation/')),
  }
  return { rate, stored }
}

async function storeChart(target: Target, caller: Caller, { entries }: PatientHistory): Promise<string> {
  const answer = await send(caller, shot(target, 'POST', '/fhir/R4', JSON.stringify(transactionOf(entries))))
  return /\/Patient\/([0-9a-f-]{36})\/_history/.exec(answer)?.[1] ?? fail()
}

function describe(
  { identifier = [], name = [] }: Identified,
  locations: readonly string[],
): Stored['patients'][number] {
  const id = locations.find((location) => location.startsWith('Patient/'))?.slice('Patient/'.length) ?? fail()
  return { id, identifier: `${identifier[0]?.system ?? ''}|${identifier[0]?.value ?? ''}`, name: name[0]?.family ?? '' }
}

async function send(caller: Caller, one: Shot): Promise<string> {
  const { status, body } = await caller.send(one)
  if (status !== 200) throw new Error(`a transaction was refused: ${status} ${body.toString().slice(0, 500)}`)
  return body.toString()
}

function fail(): never {
  throw new Error('each transaction stores its patient')
}

/** The interactions of the table, each with as many callers as the table says. */
export function interactionLoads(target: Target, { patients, observations, chart }: Stored) {
  // In an order that has little to do with the one in which they were stored.
  const mixed = patients.map((_, index) => patients[(index * 7) % patients.length] ?? fail())
  const ofEach = (callers: number, path: (patient: Stored['patients'][number]) => string): Load => ({
    callers,
    next: inTurn(mixed.map((patient) => shot(target, 'GET', `/fhir/R4/${path(patient)}`))),
  })
  return {
    create: {
      callers: 16,
      next: (index) =>
        shot(target, 'POST', '/fhir/R4/Observation', observation(mixed[index % mixed.length]?.id ?? fail(), index)),
    },
    read: reads(target, observations),
    newest: ofEach(16, ({ id }) => `Observation?patient=${id}&_count=50`),
    identifier: ofEach(8, ({ identifier }) => `Patient?identifier=${encodeURIComponent(identifier)}`),
    name: ofEach(8, ({ name }) => `Patient?family=${encodeURIComponent(name.slice(0, 5))}&_count=10`),
    everything: {
      callers: 2,
      next: inTurn([shot(target, 'GET', `/fhir/R4/Patient/${chart}/$everything?_count=1000`)]),
    },
  } satisfies Record<string, Load>
}

function inTurn(shots: readonly Shot[]): (index: number) => Shot {
  return (index) => shots[index % shots.length] ?? fail()
}

export function reads(target: Target, observations: readonly string[]): Load {
  const shots = observations.map((location) => shot(target, 'GET', `/fhir/R4/${location}`))
  return { callers: 64, next: (index) => shots[(index * 7919) % shots.length] ?? fail() }
}

function observation(patient: string, index: number): string {
  return JSON.stringify({
    resourceType: 'Observation',
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: 'vital-signs',
            display: 'Vital Signs',
          },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }], text: 'Heart rate' },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: new Date(1.7e12 + index * 60_000).toISOString(),
    valueQuantity: { value: 50 + (index % 70), unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  })
}
