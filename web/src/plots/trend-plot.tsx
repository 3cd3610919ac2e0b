import 'uplot/dist/uPlot.min.css'
import './trend-plot.css'
import { useEffect, useRef, useState } from 'react'
import UPlot from 'uplot'
import type { Range } from '../fhir/observation.ts'
import { formatNumber } from '../fhir/quantity.ts'
import { formatDate, formatDateTime, formatTime } from '../words/date.ts'

export interface Series {
  readonly name: string
  readonly unit: string
  readonly range: Range | undefined
  /** Oldest first. `sign` is H, L… beside the value. */
  readonly points: readonly { readonly at: number; readonly value: number; readonly sign: string }[]
}

/** The course of one or two tests over time: points joined by straight lines, the reference range as a band. */
export function TrendPlot({
  series,
  marks,
}: {
  series: readonly Series[]
  marks: readonly { at: number; label: string }[]
}) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(undefined)
  const [focus, setFocus] = useState<number>()
  const dark = useDark()
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].toSorted((a, b) => a - b)
  const key = JSON.stringify([series, marks, dark])

  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    const drawn = new UPlot(optionsFor(series, marks, element, setFocus), valuesAt(series, times), element)
    plot.current = drawn
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: plotHeight }))
    resized.observe(element)
    return () => {
      resized.disconnect()
      drawn.destroy()
      plot.current = undefined
    }
    // The plot is drawn anew when what it shows changes, which `key` says; the arrays are made anew each time.
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- see above
  }, [key])

  const move = (by: number) => {
    const next = Math.min(times.length - 1, Math.max(0, (focus ?? (by > 0 ? -1 : times.length)) + by))
    const at = times[next]
    if (at === undefined || plot.current === undefined) return
    plot.current.setCursor({ left: plot.current.valToPos(at / 1_000, 'x'), top: 1 })
    setFocus(next)
  }
  const at = focus === undefined ? undefined : times[focus]
  const words = at === undefined ? series.map((one) => legend(one)).join(' · ') : readout(series, at)
  return (
    <div>
      <p className="trend-readout" aria-hidden="true">
        {words}
      </p>
      <div
        ref={place}
        className="trend-plot"
        role="slider"
        tabIndex={0}
        aria-label={`Plot of ${series.map(({ name }) => name).join(' and ')}: left and right move through its values`}
        aria-valuemin={1}
        aria-valuemax={times.length}
        aria-valuenow={(focus ?? times.length - 1) + 1}
        aria-valuetext={words}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
          event.preventDefault()
          move(event.key === 'ArrowLeft' ? -1 : 1)
        }}
      />
    </div>
  )
}

const plotHeight = 220

function legend({ name, unit, range }: Series): string {
  return `${name}${unit === '' ? '' : ` (${unit})`}${range === undefined ? '' : `, range ${range.text}`}`
}

function readout(series: readonly Series[], at: number): string {
  const values = series.flatMap(({ name, unit, points }) => {
    const point = points.find((one) => one.at === at)
    return point === undefined
      ? []
      : [
          `${series.length > 1 ? `${name} ` : ''}${formatNumber(point.value)}${unit === '' ? '' : ` ${unit}`}${point.sign === '' ? '' : ` ${point.sign}`}`,
        ]
  })
  return `${formatDateTime(new Date(at).toISOString())}: ${values.join(', ')}`
}

/** uPlot wants seconds, and one column of values for each series on common times. */
function valuesAt(series: readonly Series[], times: readonly number[]): UPlot.AlignedData {
  return [
    times.map((at) => at / 1_000),
    ...series.map(({ points }) => times.map((at) => points.find((point) => point.at === at)?.value ?? null)),
  ]
}

function optionsFor(
  series: readonly Series[],
  marks: readonly { at: number; label: string }[],
  element: HTMLElement,
  onFocus: (place: number | undefined) => void,
): UPlot.Options {
  const style = getComputedStyle(element)
  const ink = (name: string) => style.getPropertyValue(name).trim()
  const font = `12px ${style.fontFamily}`
  const strokes = [ink('--accent'), ink('--ink')]
  const grid = { stroke: ink('--line'), width: 1 }
  const ticks = { stroke: ink('--line-strong'), width: 1, size: 4 }
  return {
    width: element.clientWidth,
    height: plotHeight,
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 10, fill: ink('--accent'), stroke: ink('--paper'), width: 1.5 },
      // The line stands on a value, never between two.
      move: (plot, left, top) => [snapped(plot, left), top],
    },
    scales: { x: { time: true }, y: { range: (_, least, most) => rangeOf(series, least, most) } },
    axes: [
      {
        stroke: ink('--ink-3'),
        font,
        size: 30,
        space: 84,
        grid: { show: false },
        ticks,
        values: (_, splits) => axisDates(splits),
      },
      {
        stroke: ink('--ink-3'),
        font,
        grid,
        ticks,
        size: 56,
        label: series[0]?.unit ?? '',
        labelFont: font,
        labelSize: 16,
        values: (_, splits) => splits.map((value) => formatNumber(Number(value.toPrecision(6)))),
      },
    ],
    series: [
      {},
      ...series.map((one, place) => ({
        label: one.name,
        stroke: strokes[place % strokes.length] ?? '',
        width: 1.5,
        spanGaps: true,
        ...(place === 1 ? { dash: [5, 3] } : {}),
        points: { show: true, size: 6, fill: ink('--paper'), stroke: strokes[place % strokes.length] ?? '' },
      })),
    ],
    hooks: {
      drawClear: [
        (plot) => drawBand(plot, series, ink('--sunk')),
        (plot) => drawMarks(plot, marks, ink('--ink-3'), font),
      ],
      setCursor: [(plot) => onFocus(plot.cursor.idx ?? undefined)],
    },
  }
}

function snapped(plot: UPlot, left: number): number {
  const at = plot.data[0][plot.posToIdx(left)]
  return left < 0 || at === undefined ? left : plot.valToPos(at, 'x')
}

/** The range belongs into the picture, unless it is so far away that the course would become flat. */
function rangeOf(series: readonly Series[], least: number, most: number): UPlot.Range.MinMax {
  const limits = series.flatMap(({ range }) => [range?.low, range?.high]).filter((limit) => limit !== undefined)
  const spread = Math.max(most - least, Math.abs(most) * 0.05, 0.01)
  const near = limits.filter((limit) => limit > least - 2 * spread && limit < most + 2 * spread)
  const low = Math.min(least, ...near)
  const high = Math.max(most, ...near)
  const air = Math.max((high - low) * 0.12, spread * 0.1)
  return [low >= 0 && low - air < 0 ? 0 : low - air, high + air]
}

function drawBand(plot: UPlot, series: readonly Series[], fill: string): void {
  const { left, top, width, height } = plot.bbox
  const clamp = (y: number) => Math.min(top + height, Math.max(top, y))
  for (const { range } of series) {
    if (range?.low === undefined && range?.high === undefined) continue
    const upper = range.high === undefined ? top : clamp(plot.valToPos(range.high, 'y', true))
    const lower = range.low === undefined ? top + height : clamp(plot.valToPos(range.low, 'y', true))
    plot.ctx.fillStyle = fill
    plot.ctx.fillRect(left, upper, width, lower - upper)
  }
}

/** When a medicine was started: a thin line with its name. */
function drawMarks(plot: UPlot, marks: readonly { at: number; label: string }[], stroke: string, font: string): void {
  const { left, top, width, height } = plot.bbox
  plot.ctx.save()
  plot.ctx.strokeStyle = stroke
  plot.ctx.fillStyle = stroke
  plot.ctx.font = font.replace('12px', `${11 * devicePixelRatio}px`)
  plot.ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio])
  for (const [place, { at, label }] of marks.entries()) {
    const x = plot.valToPos(at / 1_000, 'x', true)
    if (x < left || x > left + width) continue
    plot.ctx.beginPath()
    plot.ctx.moveTo(x, top)
    plot.ctx.lineTo(x, top + height)
    plot.ctx.stroke()
    plot.ctx.fillText(label, x + 3 * devicePixelRatio, top + (12 + (place % 3) * 13) * devicePixelRatio)
  }
  plot.ctx.restore()
}

/** By how far the marks are apart: years, months, days, times. */
function axisDates(splits: readonly number[]): string[] {
  const day = 86_400
  const apart = (splits[1] ?? 0) - (splits[0] ?? 0)
  return splits.map((seconds) => {
    const at = new Date(seconds * 1_000)
    const [, month = '', year = ''] = formatDate(at.toISOString()).split(' ')
    if (apart >= 360 * day) return year
    if (apart >= 27 * day) return `${month} ${year}`
    return apart >= day ? formatDate(at.toISOString()) : formatTime(at)
  })
}

function useDark(): boolean {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches)
  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const follow = () => setDark(scheme.matches)
    scheme.addEventListener('change', follow)
    return () => scheme.removeEventListener('change', follow)
  }, [])
  return dark
}
