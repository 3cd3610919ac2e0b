import './spark.css'
import type { Range } from '../fhir/observation.ts'

const width = 84
const height = 20
const edge = 2.5

export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly value: number
}

/** The course at a glance, oldest at the left, with the range behind it. Times are to scale; the table has the values. */
export function Sparkline({ points, range }: { points: readonly Point[]; range: Range | undefined }) {
  if (points.length < 2) return null
  const { line, last, band } = shape(points, range)
  return (
    <svg className="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {band !== undefined && <rect className="spark-band" x="0" width={width} y={band.top} height={band.height} />}
      <path className="spark-line" d={line} />
      <circle className="spark-last" cx={last.x} cy={last.y} r="2" />
    </svg>
  )
}

export function shape(points: readonly Point[], range: Range | undefined) {
  const ordered = points.toSorted((a, b) => a.at - b.at)
  const values = ordered.map(({ value }) => value)
  const least = Math.min(...values)
  const most = Math.max(...values)
  const start = ordered[0]?.at ?? 0
  const span = (ordered.at(-1)?.at ?? 0) - start
  const spread = most - least
  const round = (n: number) => Math.round(n * 10) / 10
  const y = (value: number) =>
    round(spread === 0 ? height / 2 : height - edge - ((value - least) / spread) * (height - 2 * edge))
  const places = ordered.map(({ at, value }, index) => ({
    x: round(edge + (span === 0 ? index / Math.max(1, ordered.length - 1) : (at - start) / span) * (width - 2 * edge)),
    y: y(value),
  }))
  return {
    line: places.map(({ x, y: at }, index) => `${index === 0 ? 'M' : 'L'}${x} ${at}`).join(''),
    last: places.at(-1) ?? { x: 0, y: 0 },
    band: bandOf(range, y),
  }
}

function bandOf(range: Range | undefined, y: (value: number) => number) {
  if (range?.low === undefined && range?.high === undefined) return undefined
  const clamp = (place: number) => Math.min(height, Math.max(0, place))
  const top = range.high === undefined ? 0 : clamp(y(range.high))
  const bottom = range.low === undefined ? height : clamp(y(range.low))
  return { top, height: Math.max(0, bottom - top) }
}
