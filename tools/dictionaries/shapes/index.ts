// Records as other systems write them: the same R4 elements, other codes and habits (US Core 3.1.1, the display repeated
// as text, the whole visit named in each reference). Shapes only: what stands where a person's value would be is cut out.
import { bills } from './bills.ts'
import { clinical } from './clinical.ts'
import { directory } from './directory.ts'
import { observations } from './observations.ts'
import { others } from './others.ts'
import type { Shape } from './parts.ts'
import { reports } from './reports.ts'

export function* shapes(): Generator<Shape> {
  yield* observations()
  yield* reports()
  yield* clinical()
  yield* bills()
  yield* others()
  yield* directory()
}
