import type { Found } from '#records'
import type { EntryText } from './bundle-text.ts'

/**
 * What the answer of a search says of itself, where something is not as asked: parameters that were left out, by their
 * place (a name or value may be health information); a page or a total that a scan did not finish. R4 search, 3.1.1.3 and
 * 3.1.1.6 (mode `outcome`). Nothing where nothing is wrong: programs take every entry for a match.
 */
export function outcomeEntries(found: Found, count: number): EntryText[] {
  const issues = [
    ...found.ignored.map((place) => ({
      severity: 'warning',
      code: 'not-supported',
      diagnostics: `Parameter ${place} of the search is not known here and was left out.`,
    })),
    ...scanIssues(found, count),
  ]
  if (issues.length === 0) return []
  const outcome = Buffer.from(JSON.stringify({ resourceType: 'OperationOutcome', issue: issues }))
  return [{ before: '"resource":', json: outcome, after: ',"search":{"mode":"outcome"}' }]
}

function scanIssues({ scan, used, total, records, next }: Found, count: number): Record<string, string>[] {
  if (scan === undefined) return []
  const looked = scan.opened === undefined ? 'records' : `${scan.opened} records`
  const done = `No index serves this search: ${looked} were gone through for this page.`
  const counting = used.get('_summary') === 'count'
  if (total === undefined && (counting || used.get('_total') === 'accurate')) {
    const remedy = 'There are more, so there is no total. Narrow the search to have one.'
    return [{ severity: 'warning', code: 'too-costly', diagnostics: `${done} ${remedy}` }]
  }
  if (next === undefined || records.length >= count) return []
  return [{ severity: 'warning', code: 'incomplete', diagnostics: `${done} The next page goes on from there.` }]
}
