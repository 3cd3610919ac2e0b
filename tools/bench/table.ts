import type { Part } from './parts.ts'

export interface Row {
  /** What `--only` calls it. */
  readonly part: Part
  readonly work: string
  readonly value: number
  readonly unit: string
  /** What the design asks for: at least, or at most. */
  readonly budget?: number
  readonly atMost?: boolean
  /** What PostgreSQL does by itself. */
  readonly raw?: number
  /** A share of that which will do as well: a slow machine is slow for both. */
  readonly ratio?: number
}

function isMet({ value, budget = 0, atMost, raw, ratio }: Row): boolean {
  if (atMost === true) return value <= budget
  return value >= budget || (raw !== undefined && ratio !== undefined && value >= raw * ratio)
}

/** A Markdown table, aligned to be read as text too. */
export function formatTable(rows: readonly Row[]): string {
  const head = ['work', 'measured', 'budget', 'met', 'raw PostgreSQL', 'ratio']
  const lines = rows.map((row) => {
    const { work, value, unit, budget, atMost, raw, ratio } = row
    return [
      work,
      `${format(value)} ${unit}`,
      budget === undefined
        ? '–'
        : `${atMost === true ? '≤' : '≥'} ${format(budget)}${ratio === undefined ? '' : ` or ratio ${ratio}`}`,
      budget === undefined ? '–' : isMet(row) ? 'yes' : 'no',
      raw === undefined ? '–' : `${format(raw)} ${unit}`,
      raw === undefined ? '–' : (value / raw).toFixed(2),
    ]
  })
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...lines.map(line)].join('\n')
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value < 1 ? 2 : 1)
}
