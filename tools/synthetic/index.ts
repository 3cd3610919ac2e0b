// The synthetic practice: invented people with years of history, for the demo, the tests and the benchmark. The same
// seed, size and date give the same bytes; nothing is read from the clock, the network or a file.
import { addAppointment, type Board, drawBoard } from './board.ts'
import { addYears, atTime, type Day, parseDay } from './calendar.ts'
import { Chart } from './chart.ts'
import { addHistory } from './history.ts'
import { blockSize, makeBlock, type Persona } from './households.ts'
import { addRelatives, makePatient } from './patient.ts'
import { makePractice, type Practice, type StaffMember } from './practice.ts'
import { Random } from './random.ts'
import { type Entry, profile, quantity, type Resource } from './resource.ts'

export { mrnSystem } from './patient.ts'
export type { StaffMember, StaffRole } from './practice.ts'
export type { Entry, Resource } from './resource.ts'

export interface SynthesisOptions {
  readonly seed: string | number
  /** How many patients; any number from 0. */
  readonly patients: number
  /** YYYY-MM-DD. Nothing happens after it; the board and the roster begin on it. */
  readonly today: string
  /** HH:MM on the practice's clock: how far the day's board has got. Default 10:40. */
  readonly now?: string
  /** Offset of the practice's clock, as FHIR writes it. Default Z. */
  readonly offset?: string
  /**
   * How patients' resources refer to the practice's: `urn` (default) by the fullUrl of its entry; `conditional` by
   * `Practitioner?identifier=system|value`, so that a patient's bundle stands alone once the practice is loaded.
   */
  readonly references?: 'urn' | 'conditional'
}

/** One patient: the Patient's own entry first in `entries`, then what happened, oldest first. */
export interface PatientHistory {
  readonly patient: Entry
  readonly entries: readonly Entry[]
}

export interface SyntheticPractice {
  /** Organizations, locations, people, roster: to be stored before any patient. */
  readonly entries: readonly Entry[]
  readonly staff: readonly StaffMember[]
  /** Made one by one as they are asked for; memory does not grow with their number. */
  patients(): Generator<PatientHistory>
  /** Another patient, of 70, with exactly so many resources, for charts that must not falter. Each `index` is another one. */
  heavyPatient(index: number, resources: number): PatientHistory
}

export function synthesize(options: SynthesisOptions): SyntheticPractice {
  const root = new Random(String(options.seed))
  const today = parseDay(options.today)
  const conditional = options.references === 'conditional'
  const practice = makePractice(root, options.patients, today, options.offset ?? 'Z', conditional)
  const board = drawBoard(root, practice, options.patients)
  const setting = { root, practice, board, today, now: parseMinutes(options.now ?? '10:40') }
  return {
    entries: practice.entries,
    staff: practice.staff,
    *patients() {
      for (let block = 0; block * blockSize < options.patients; block++) {
        const people = makeBlock(root, block, today)
        for (const person of people) {
          if (person.index >= options.patients) return
          yield makeHistory(person, people, setting)
        }
      }
    },
    heavyPatient: (index, resources) => makeHeavy(index, resources, setting),
  }
}

/** What is the same for every patient. */
interface Setting {
  readonly root: Random
  readonly practice: Practice
  readonly board: Board
  readonly today: Day
  readonly now: number
}

function makeHistory(person: Persona, household: readonly Persona[], setting: Setting): PatientHistory {
  const { root, practice, board, today, now } = setting
  const random = root.fork(`patient ${person.index}`)
  const chart = new Chart(person, practice, random, Math.min(person.death ?? today, today))
  chart.addPatient(makePatient(chart))
  addRelatives(chart, household)
  const age = (chart.last - person.birth) / 365.25
  const years = age < 12 ? 12 : random.weighted([[3, 1], [4, 4], [5, 8], [2, 12]]) // oxfmt-ignore
  addHistory(chart, Math.max(person.birth + 4, addYears(chart.last, -years) + random.whole(0, 200)))
  const slot = board.get(person.index)
  if (slot !== undefined && person.death === undefined) addAppointment(chart, slot, today, now)
  return finish(chart)
}

function finish(chart: Chart): PatientHistory {
  const [patient] = chart.entries
  if (patient === undefined) throw new Error('a chart begins with its patient')
  return { patient, entries: chart.entries }
}

// Far behind the blocks of any practice's own patients.
const heavyBlocks = 1_000_000

function makeHeavy(index: number, resources: number, { root, practice, today }: Setting): PatientHistory {
  const [someone] = makeBlock(root, heavyBlocks + index, today)
  if (someone === undefined) throw new Error('a block is never empty')
  const { death: _, duplicateOf: __, ...person } = someone
  const birth = addYears(today, -70)
  const random = root.fork(`heavy ${index}`)
  const chart = new Chart({ ...person, birth, relatives: [] }, practice, random, today)
  chart.addPatient(makePatient(chart))
  const since = addYears(today, -45)
  // A visit brings some 20 resources; what is missing at the end comes from a meter at home.
  addHistory(chart, since, Math.max(2, ((today - since) * 24) / Math.max(1, resources)))
  if (chart.entries.length > resources) throw new Error('fewer resources than one history needs')
  for (let at = 0; chart.entries.length < resources; at++) addHomeReading(chart, today - 2 - Math.floor(at / 4), at % 4)
  return finish(chart)
}

/** Glucose from a finger prick: four a day. */
function addHomeReading(chart: Chart, day: Day, time: number): void {
  const at = chart.time(atTime(day, [7, 12, 18, 22][time] ?? 7, 5))
  chart.add({
    resourceType: 'Observation',
    meta: profile('observation-lab'),
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: 'laboratory',
            display: 'Laboratory',
          },
        ],
      },
    ],
    code: {
      coding: [
        {
          system: 'http://loinc.org',
          code: '41653-7',
          display: 'Glucose [Mass/volume] in Capillary blood by Glucometer',
        },
      ],
      text: 'Glucose [Mass/volume] in Capillary blood by Glucometer',
    },
    subject: { reference: chart.patient.ref },
    effectiveDateTime: at,
    issued: at,
    performer: [{ reference: chart.patient.ref }],
    valueQuantity: quantity(chart.random.whole(82, 190), 'mg/dL'),
  })
}

/** A Bundle that creates these: send the practice's first, and patients' with `references: 'conditional'`. */
export function transactionOf(entries: readonly Entry[]): Resource {
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: entries.map(({ fullUrl, resource }) => ({
      fullUrl,
      resource,
      request: { method: 'POST', url: resource.resourceType },
    })),
  }
}

function parseMinutes(text: string): number {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  if (parts === null) throw new Error('a time of day is written HH:MM')
  return Number(parts[1]) * 60 + Number(parts[2])
}
