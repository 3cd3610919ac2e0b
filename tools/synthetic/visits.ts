import { ageInYears, type Day, workday } from './calendar.ts'
import type { Chart, Visit } from './chart.ts'
import { type Acute, acute } from './codes/conditions.ts'
import type { Problem } from './problems.ts'

/** A visit that is still to be written. */
export interface Planned {
  readonly day: Day
  readonly kind: Visit['kind']
  readonly illness?: Acute
}

/** The visits of a usual patient: check-ups, what chronic problems call for, and now and then something acute. */
export function planVisits(chart: Chart, since: Day, problems: readonly Problem[]): readonly Planned[] {
  const { random, person } = chart
  const planned: Planned[] = []
  if (person.duplicateOf !== undefined)
    return [{ day: workday(Math.max(since, chart.last - random.whole(20, 200))), kind: 'follow-up' }]
  const start = workday(Math.max(person.birth + 4, since))
  planned.push({ day: start, kind: 'wellness' })
  const infancy = [14, 61, 122, 183, 274, 365, 457, 548, 731, 914]
  for (const days of infancy)
    if (person.birth + days > start + 10) planned.push({ day: person.birth + days, kind: 'wellness' })
  for (let day = Math.max(start, person.birth + 914) + 365; day < chart.last; day += random.whole(340, 420)) {
    if (random.chance(0.8)) planned.push({ day, kind: 'wellness' })
  }
  for (const { chronic, onset } of problems) {
    if (chronic.months === 0) continue
    const step = chronic.months * 30
    for (
      let day = Math.max(onset, start) + random.whole(5, step);
      day < chart.last;
      day += random.whole(step - 12, step + 25)
    ) {
      planned.push({ day, kind: 'follow-up' })
    }
  }
  for (let day = start + random.whole(10, 600); day < chart.last; day += random.whole(60, 1000)) {
    planned.push(planAcute(chart, day))
  }
  return settle(planned, start, chart.last)
}

function planAcute(chart: Chart, day: Day): Planned {
  const age = ageInYears(chart.person.birth, day)
  const fitting = acute.filter((illness) => age >= illness.ages[0] && age <= illness.ages[1])
  return {
    day,
    kind: 'acute',
    illness: chart.random.weighted(fitting.map((illness) => [illness.weight, illness] as const)),
  }
}

/** A visit each `every` days. */
export function planOften(chart: Chart, since: Day, every: number): readonly Planned[] {
  const planned: Planned[] = []
  for (let day = since; day < chart.last; day += every) {
    planned.push(
      chart.random.chance(0.2)
        ? planAcute(chart, Math.floor(day))
        : { day: Math.floor(day), kind: chart.random.chance(0.15) ? 'wellness' : 'follow-up' },
    )
  }
  return settle(planned, since, chart.last, 0)
}

/** On weekdays, in order, at least a week apart, and early enough that results are back by the last day. */
function settle(planned: readonly Planned[], first: Day, last: Day, apart = 7): readonly Planned[] {
  const kept: Planned[] = []
  for (const visit of [...planned].sort((a, b) => a.day - b.day)) {
    const day = workday(visit.day)
    if (day < first || day > last - 2 || day - (kept.at(-1)?.day ?? -1e9) <= apart) continue
    kept.push({ ...visit, day })
  }
  return kept
}
