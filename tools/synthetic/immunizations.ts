import { type Day, dayOf } from './calendar.ts'
import { bare, type Chart, type Visit } from './chart.ts'
import { covid, type Dose, influenza, schedule, tetanus } from './codes/vaccines.ts'
import { type Code, coding, cvxSystem, profile, quantity, snomed } from './resource.ts'

const daysPerMonth = 30.44

/** Keeps count of what someone has had, so that a dose is given once and not long after it was due. */
export class Vaccinations {
  readonly #given = new Set<number>()
  #influenza: Day = -1e9
  #tetanus: Day = -1e9
  #covid = 0
  readonly #willing: boolean

  constructor(chart: Chart) {
    this.#willing = chart.random.chance(0.86)
    this.#tetanus = chart.person.birth + chart.random.whole(0, 3650) + 11 * 365
  }

  /** Gives what is due at this visit. */
  addDue(chart: Chart, visit: Visit): void {
    if (!this.#willing || visit.kind === 'acute') return
    const day = dayOf(visit.start)
    const months = (day - chart.person.birth) / daysPerMonth
    for (const [at, dose] of schedule.entries()) {
      const late = dose.months < 240 ? 14 : 160
      if (this.#given.has(at) || months < dose.months || months > dose.months + late) continue
      this.#given.add(at)
      addDose(chart, visit, dose.cvx, dose)
    }
    const season = new Date(day * 86_400_000).getUTCMonth()
    if (months > 6 && (season >= 8 || season === 0) && day - this.#influenza > 200) {
      this.#influenza = day
      addDose(chart, visit, influenza)
    }
    if (months > 252 && day - this.#tetanus > 3650) {
      this.#tetanus = day
      addDose(chart, visit, tetanus)
    }
    // From 2021-01-04: two doses and a booster.
    if (months > 144 && day > 18_631 && this.#covid < 3 && chart.random.chance(0.6)) {
      this.#covid += 1
      addDose(chart, visit, covid[chart.person.index % covid.length] ?? influenza)
    }
  }
}

function addDose(chart: Chart, visit: Visit, cvx: Code, dose?: Dose): void {
  const { random } = chart
  const side = random.chance(0.8) ? 'L' : 'R'
  chart.add({
    resourceType: 'Immunization',
    meta: profile('immunization'),
    status: 'completed',
    vaccineCode: { coding: [coding(cvxSystem, cvx)], text: cvx[1] },
    patient: bare(chart.patient),
    encounter: bare(visit.encounter),
    occurrenceDateTime: chart.time(visit.start + 18),
    primarySource: true,
    location: bare(chart.practice.clinic),
    lotNumber: `L${random.digits(4)}${random.pick(['A', 'B', 'C', 'F', 'K'])}`,
    site: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/v3-ActSite', code: side + (visit.age < 2 ? 'T' : 'A') },
      ],
      text: `${side === 'L' ? 'Left' : 'Right'} ${visit.age < 2 ? 'thigh' : 'upper arm'}`,
    },
    route: snomed(['78421000', 'Intramuscular route']),
    doseQuantity: quantity(0.5, 'mL'),
    performer: [{ actor: bare(visit.nurse) }],
    ...(dose === undefined
      ? {}
      : {
          protocolApplied: [
            {
              targetDisease: [snomed(dose.target)],
              doseNumberPositiveInt: dose.number,
              seriesDosesPositiveInt: dose.of,
            },
          ],
        }),
  })
}
