import { atTime, dayOf, type Minutes } from './calendar.ts'
import { bare, type Chart, type Visit } from './chart.ts'
import { type Analyte, type AnalyteKey, analytes, type Panel, type PanelKey, panels, shifts } from './codes/labs.ts'
import {
  type Code,
  concept,
  type Element,
  type Json,
  loinc,
  profile,
  quantity,
  type Resource,
  round,
  snomed,
} from './resource.ts'
import type { Random } from './random.ts'

/** Where one person's values stand: each result leans on the one before (a first-order autoregression, 0.65). */
export class Courses {
  readonly #random: Random
  readonly #own = new Map<AnalyteKey, { readonly offset: number; away: number }>()

  constructor(random: Random) {
    this.#random = random
  }

  /** The next result of a person who has these problems now. */
  next(key: AnalyteKey, problems: ReadonlySet<string>): number {
    const analyte: Analyte = analytes[key]
    const own = this.#own.get(key) ?? { offset: this.#random.normal(0, analyte.between), away: 0 }
    this.#own.set(key, own)
    let aim = analyte.mean + own.offset
    let wander = analyte.within
    for (const shift of shifts) {
      if (shift.analyte !== key || !problems.has(shift.problem)) continue
      aim += shift.by
      wander = Math.max(wander, analyte.within * shift.wander)
    }
    own.away = own.away * 0.65 + this.#random.normal(0, wander * 0.76)
    return round(Math.max(analyte.mean * 0.1, aim + own.away), analyte.decimals)
  }
}

/** Orders, results and report of one panel. The sample is drawn at the visit, the report comes the next morning. */
export function addPanel(
  chart: Chart,
  visit: Visit,
  key: PanelKey,
  courses: Courses,
  problems: ReadonlySet<string>,
): void {
  const panel: Panel = panels[key]
  const drawn = visit.start + 15
  const issued = atTime(dayOf(visit.start) + 1, 7, 10 + (drawn % 45))
  const order = addOrder(chart, visit, panel.loinc)
  const results = panel.members.map((member) => {
    const analyte: Analyte = analytes[member]
    const value = courses.next(member, problems)
    return { analyte, value, target: chart.add(makeResult(chart, visit, analyte, value, { drawn, issued })) }
  })
  const outside = results.filter(({ analyte, value }) => flagOf(analyte, value) !== 'N')
  chart.add({
    resourceType: 'DiagnosticReport',
    meta: profile('diagnosticreport-lab'),
    basedOn: [order],
    status: 'final',
    category: [concept('v2-0074', 'LAB', 'Laboratory')],
    code: loinc(panel.loinc),
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    effectiveDateTime: chart.time(drawn),
    issued: chart.time(issued),
    performer: [{ reference: chart.practice.laboratory.ref, display: chart.practice.laboratory.display }],
    result: results.map(({ target, analyte }) => ({ reference: target.ref, display: analyte.loinc[1] })),
    conclusion:
      outside.length === 0
        ? 'All results within the reference range.'
        : `Outside the reference range: ${outside.length} of ${results.length}.`,
  })
}

function makeResult(chart: Chart, visit: Visit, analyte: Analyte, value: number, times: Times): Resource {
  const [unit, ucum] = analyte.unit
  const flag = flagOf(analyte, value)
  const flagText = { N: 'Normal', H: 'High', L: 'Low' }[flag]
  return {
    ...laboratory(chart, visit, analyte.loinc, times),
    valueQuantity: quantity(value, unit, ucum),
    interpretation: [{ ...concept('v3-ObservationInterpretation', flag, flagText), text: flagText }],
    referenceRange: [rangeOf(analyte)],
  }
}

/** When the sample was drawn and when its result came. */
interface Times {
  readonly drawn: Minutes
  readonly issued: Minutes
}

function laboratory(chart: Chart, visit: Visit, code: Code, { drawn, issued }: Times): Resource {
  return {
    resourceType: 'Observation',
    meta: profile('observation-lab'),
    status: 'final',
    category: [concept('observation-category', 'laboratory', 'Laboratory')],
    code: loinc(code),
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    effectiveDateTime: chart.time(drawn),
    issued: chart.time(issued),
    performer: [bare(chart.practice.laboratory)],
  }
}

function flagOf(analyte: Analyte, value: number): 'N' | 'H' | 'L' {
  if (analyte.high !== undefined && value > analyte.high) return 'H'
  return analyte.low !== undefined && value < analyte.low ? 'L' : 'N'
}

function rangeOf(analyte: Analyte): Element {
  const [unit, ucum] = analyte.unit
  const { low, high } = analyte
  const text =
    low === undefined ? `<= ${high} ${unit}` : high === undefined ? `>= ${low} ${unit}` : `${low} - ${high} ${unit}`
  return {
    ...(low === undefined ? {} : { low: quantity(low, unit, ucum) }),
    ...(high === undefined ? {} : { high: quantity(high, unit, ucum) }),
    text,
  }
}

function addOrder(chart: Chart, visit: Visit, code: Code): Json {
  return bare(
    chart.add({
      resourceType: 'ServiceRequest',
      meta: profile('servicerequest'),
      status: 'completed',
      intent: 'order',
      category: [snomed(['108252007', 'Laboratory procedure'])],
      code: loinc(code),
      subject: bare(chart.patient),
      encounter: bare(visit.encounter),
      occurrenceDateTime: chart.time(visit.start + 12),
      authoredOn: chart.time(visit.start + 12),
      requester: bare(visit.clinician),
      performer: [bare(chart.practice.laboratory)],
    }),
  )
}

/** A swab with an answer of yes or no, read at the visit. */
export function addSwab(chart: Chart, visit: Visit, code: Code, positive: boolean): void {
  const answer: Code = positive ? ['260373001', 'Detected'] : ['260415000', 'Not detected']
  const at = visit.start + 16
  const result = chart.add({
    ...laboratory(chart, visit, code, { drawn: at, issued: at }),
    valueCodeableConcept: snomed(answer),
  })
  chart.add({
    resourceType: 'DiagnosticReport',
    meta: profile('diagnosticreport-lab'),
    status: 'final',
    category: [concept('v2-0074', 'LAB', 'Laboratory')],
    code: loinc(code),
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    effectiveDateTime: chart.time(at),
    issued: chart.time(at),
    performer: [{ reference: chart.practice.organization.ref, display: chart.practice.organization.display }],
    result: [{ reference: result.ref, display: code[1] }],
    conclusion: answer[1],
  })
}
