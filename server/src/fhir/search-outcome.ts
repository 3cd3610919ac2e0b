import type { Found } from '#records'
import type { EntryText } from './bundle-text.ts'

/**
 * What the answer of a search says of itself: parameters that were left out, by their place (a name or value may be
 * health information), and that everyone's records were gone through. R4 search, 3.1.1.3 and 3.1.1.6 (mode `outcome`).
 */
export function outcomeEntries({ ignored, scan }: Found): EntryText[] {
  const issues = [
    ...ignored.map((place) => ({
      severity: 'warning',
      code: 'not-supported',
      diagnostics: `Parameter ${place} of the search is not known here and was left out.`,
    })),
    ...(scan === undefined ? [] : [scanIssue(scan)]),
  ]
  if (issues.length === 0) return []
  const outcome = Buffer.from(JSON.stringify({ resourceType: 'OperationOutcome', issue: issues }))
  return [{ before: '"resource":', json: outcome, after: ',"search":{"mode":"outcome"}' }]
}

function scanIssue({ opened, whole }: NonNullable<Found['scan']>): Record<string, string> {
  const done = `No index serves this search: ${opened} records were gone through for this page.`
  if (whole) return { severity: 'information', code: 'informational', diagnostics: done }
  return {
    severity: 'warning',
    code: 'incomplete',
    diagnostics: `${done} The next page goes on from there.`,
  }
}
