import type { FhirRecord } from '@chartkeep/model/office'
import { type Course, tabulate } from './results-table.ts'

// LOINC codes in the order in which vital signs are read, with the short names that clinicians use.
const order: readonly (readonly [loinc: string, name: string])[] = [
  ['8480-6', 'Systolic pressure'],
  ['8462-4', 'Diastolic pressure'],
  ['8867-4', 'Heart rate'],
  ['9279-1', 'Respiratory rate'],
  ['8310-5', 'Temperature'],
  ['8331-1', 'Temperature, oral'],
  ['2708-6', 'Oxygen saturation'],
  ['59408-5', 'Oxygen saturation'],
  ['72514-3', 'Pain, 0 to 10'],
  ['29463-7', 'Weight'],
  ['8302-2', 'Height'],
  ['39156-5', 'Body mass index'],
  ['59576-9', 'BMI percentile'],
  ['9843-4', 'Head circumference'],
  ['8289-1', 'Head circumference percentile'],
  ['77606-2', 'Weight-for-length percentile'],
]

export interface VitalRows {
  readonly moments: readonly string[]
  readonly courses: readonly Course[]
  /** Rows that are read together in one plot. */
  readonly partners: ReadonlyMap<string, string>
}

export function vitalRows(records: readonly FhirRecord[]): VitalRows {
  const { moments, groups } = tabulate(records, [])
  const rank = (course: Course) => {
    const place = order.findIndex(([loinc]) => loinc === course.loinc)
    return place === -1 ? order.length : place
  }
  const courses = groups
    .flatMap((group) => group.courses)
    .map((course) => ({ ...course, name: order[rank(course)]?.[1] ?? course.name }))
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
  const systolic = courses.find(({ loinc }) => loinc === '8480-6')
  const diastolic = courses.find(({ loinc }) => loinc === '8462-4')
  const partners =
    systolic === undefined || diastolic === undefined
      ? new Map<string, string>()
      : new Map([
          [systolic.test, diastolic.test],
          [diastolic.test, systolic.test],
        ])
  return { moments, courses, partners }
}
