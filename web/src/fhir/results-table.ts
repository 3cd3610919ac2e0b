import type { FhirRecord } from '@chartkeep/model/office'
import { type Result, readResults } from './observation.ts'
import { at, codeText, instantOf, list, referencedId } from './read.ts'
import { distinctNames } from './test-name.ts'

/** The course of one test: a row of the results table. */
export interface Course {
  readonly test: string
  readonly name: string
  /** With specimen and method. */
  readonly fullName: string
  readonly unit: string
  readonly loinc?: string
  /** Newest first. */
  readonly results: readonly Result[]
  /** Values by column. */
  readonly byMoment: ReadonlyMap<string, readonly Result[]>
}

export interface ResultsTable {
  /** Column keys, newest first: results that belong together share a moment, exact to the minute. */
  readonly moments: readonly string[]
  readonly groups: readonly { readonly name: string; readonly courses: readonly Course[] }[]
}

/** Observations (and the reports that group them) → rows by test, columns by moment, newest first. */
export function tabulate(observations: readonly FhirRecord[], reports: readonly FhirRecord[]): ResultsTable {
  const panels = panelNames(reports)
  const byTest = new Map<string, { results: Result[]; group: string }>()
  const moments = new Set<string>()
  for (const record of observations) {
    for (const result of readResults(record)) {
      // The unit is part of the row: 5.4 mmol/L and 97 mg/dL do not share a plot.
      const key = `${result.test} ${result.value === undefined ? '' : result.unit}`
      const row = byTest.get(key) ?? { results: [], group: '' }
      row.results.push(result)
      row.group ||= panels.get(record.id) ?? ''
      byTest.set(key, row)
      moments.add(momentOf(result.at))
    }
  }
  const groups = new Map<string, Course[]>()
  for (const { results, group } of byTest.values()) {
    const courses = groups.get(group) ?? []
    courses.push(courseOf(results))
    groups.set(group, courses)
  }
  return {
    moments: [...moments].toSorted((a, b) => (a < b ? 1 : -1)),
    groups: [...groups]
      .map(([name, courses]) => ({
        name: name === '' ? otherTests : name,
        courses: named(courses).toSorted((a, b) => a.name.localeCompare(b.name)),
      }))
      .toSorted(
        (a, b) => Number(a.name === otherTests) - Number(b.name === otherTests) || a.name.localeCompare(b.name),
      ),
  }
}

export const otherTests = 'Other tests'

/** The key of a column: the moment in UTC to the minute, or the bare date. */
export function momentOf(when: string): string {
  if (/^\d{4}(-\d{2}){0,2}$/.test(when)) return when
  const parsed = new Date(when)
  return Number.isNaN(parsed.getTime()) ? '' : `${parsed.toISOString().slice(0, 16)}Z`
}

function courseOf(unordered: readonly Result[]): Course {
  const results = unordered.toSorted((a, b) => instantOf(b.at) - instantOf(a.at))
  const byMoment = new Map<string, Result[]>()
  for (const result of results) {
    const moment = momentOf(result.at)
    byMoment.set(moment, [...(byMoment.get(moment) ?? []), result])
  }
  const newest = results[0]
  return {
    test: `${newest?.test ?? ''} ${newest?.unit ?? ''}`,
    name: newest?.name ?? '',
    fullName: newest?.name ?? '',
    unit: newest?.unit ?? '',
    ...(newest?.loinc === undefined ? {} : { loinc: newest.loinc }),
    results,
    byMoment,
  }
}

function named(courses: readonly Course[]): readonly Course[] {
  const names = distinctNames(courses.map((course) => course.fullName))
  return courses.map((course, place) => ({ ...course, name: names[place] ?? course.fullName }))
}

/** Which report an observation belongs to, by the observation's id. */
function panelNames(reports: readonly FhirRecord[]): Map<string, string> {
  const names = new Map<string, string>()
  for (const report of reports) {
    const name = codeText(at(report, 'code'))
    if (name === undefined) continue
    for (const reference of list(report, 'result')) {
      const id = referencedId(reference, 'Observation')
      if (id !== undefined) names.set(id, name)
    }
  }
  return names
}
