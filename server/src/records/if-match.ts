import { Refusal } from '#base'
import type { Row } from './row.ts'

/** The versions of which one must be the newest, or '*': any, as long as there is one (RFC 9110, 13.1.1). */
export type IfMatch = number | readonly number[] | '*'

/** Throws 'version-conflict' when the newest version is none of them. */
export function requireMatch(ifMatch: IfMatch | undefined, row: Pick<Row, 'version' | 'deleted'>): void {
  if (ifMatch === undefined) return
  const met = ifMatch === '*' ? !row.deleted : [ifMatch].flat().includes(row.version)
  if (!met) throw new Refusal('version-conflict')
}
