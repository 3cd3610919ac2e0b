import type { Growth } from './growth.ts'

const width = 760
const height = 420
const left = 64
const right = 220
const top = 44
const bottom = 52
// Apart in lightness as well as in hue, so that they differ for everyone.
const colours = ['#0b4f8a', '#d1620f', '#3f9142', '#8a3ffc', '#7a1f3d', '#00707a', '#5c4a00']

/** The curves as SVG: what each question's rate is, of its rate at the smallest size. Flat lines are what is asked for. */
export function plotGrowth(measured: readonly Growth[]): string {
  const [first] = measured
  const names = Object.keys(first?.rates ?? {})
  const sizes = measured.map(({ patients }) => Math.log10(patients))
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)]
  const x = (patients: number): number =>
    left + ((Math.log10(patients) - low) / Math.max(high - low, 0.01)) * (width - left - right)
  const y = (share: number): number => height - bottom - Math.min(share, 1.5) * ((height - top - bottom) / 1.5)
  const lines = names.map((name, index) => {
    const colour = colours[index % colours.length]
    const points = measured.map(({ patients, rates }) => [
      x(patients),
      y((rates[name] ?? 0) / (first?.rates[name] ?? 1)),
    ])
    const last = points.at(-1) ?? [0, 0]
    const rate = Math.round(measured.at(-1)?.rates[name] ?? 0).toLocaleString('en')
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map((point) => point.map((one) => one.toFixed(1)).join(',')).join(' ')}"/>`,
      ...points.map(([px, py]) => `<circle cx="${px?.toFixed(1)}" cy="${py?.toFixed(1)}" r="3" fill="${colour}"/>`),
      `<line x1="${(last[0] ?? 0).toFixed(1)}" y1="${(last[1] ?? 0).toFixed(1)}" x2="${width - right + 14}" y2="${top + 24 + index * 26}" stroke="${colour}" stroke-width="0.5"/>`,
      `<text x="${width - right + 18}" y="${top + 28 + index * 26}" fill="${colour}">${name}</text>`,
      `<text x="${width - right + 18}" y="${top + 40 + index * 26}" fill="#555" font-size="10">${rate} /s at the end</text>`,
    ].join('\n')
  })
  const grid = [0, 0.5, 1, 1.5].map(
    (share) =>
      `<line x1="${left}" x2="${width - right}" y1="${y(share)}" y2="${y(share)}" stroke="#ddd"/><text x="${left - 8}" y="${y(share) + 4}" text-anchor="end">${share * 100} %</text>`,
  )
  const ticks = measured.map(
    ({ patients, resources }) =>
      `<text x="${x(patients).toFixed(1)}" y="${height - bottom + 18}" text-anchor="middle">${patients.toLocaleString('en')}</text><text x="${x(patients).toFixed(1)}" y="${height - bottom + 32}" text-anchor="middle" fill="#555" font-size="10">${(resources / 1e6).toFixed(1)} M resources</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="Requests a second as the practice grows, of the rate at its smallest">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${left}" y="24" font-size="14">Requests a second as the practice grows, of those at the smallest size</text>
${[...grid, ...ticks, ...lines].join('\n')}
<text x="${left + (width - left - right) / 2}" y="${height - 6}" text-anchor="middle">patients (logarithmic)</text>
</svg>
`
}

/** The same as a Markdown table. */
export function formatGrowth(measured: readonly Growth[]): string {
  const names = Object.keys(measured[0]?.rates ?? {})
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(['patients', 'resources', ...names]),
    `|${'---:|'.repeat(names.length + 2)}`,
    ...measured.map(({ patients, resources, rates }) =>
      line(
        [patients, resources, ...names.map((name) => Math.round(rates[name] ?? 0))].map((one) =>
          one.toLocaleString('en'),
        ),
      ),
    ),
  ].join('\n')
}
