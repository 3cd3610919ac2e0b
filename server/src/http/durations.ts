/** Upper bounds in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** One request more costs two additions here; a labelled histogram of prom-client hashes its labels each time (0.5 µs). */
class Series {
  readonly counts = new Float64Array(bounds.length + 1)
  sum = 0

  add(seconds: number): void {
    let bucket = 0
    while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket += 1
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.sum += seconds
  }
}

/** A histogram of seconds by route and class of status. */
export class Durations {
  readonly #name: string
  readonly #help: string
  readonly #labels: string
  readonly #routes = new Map<string, Series[]>()

  /** @param labels more of them, each with a comma before it */
  constructor(name: string, help: string, labels = '') {
    this.#name = name
    this.#help = help
    this.#labels = labels
  }

  add(route: string, status: number, seconds: number): void {
    let series = this.#routes.get(route)
    if (series === undefined) {
      series = Array.from({ length: 6 }, () => new Series())
      this.#routes.set(route, series)
    }
    series[Math.floor(status / 100)]?.add(seconds)
  }

  /** Prometheus text exposition, version 0.0.4; ends with a line break. */
  expose(): string {
    const lines = [`# HELP ${this.#name} ${this.#help}`, `# TYPE ${this.#name} histogram`]
    for (const [route, byStatus] of this.#routes) {
      for (const [hundreds, { counts, sum }] of byStatus.entries()) {
        const total = counts.reduce((before, count) => before + count, 0)
        if (total === 0) continue
        // Patterns are ours, and hold neither quotes nor backslashes.
        const labels = `route="${route}",status="${hundreds}xx"${this.#labels}`
        let below = 0
        for (const [at, bound] of bounds.entries()) {
          below += counts[at] ?? 0
          lines.push(`${this.#name}_bucket{${labels},le="${bound}"} ${below}`)
        }
        lines.push(`${this.#name}_bucket{${labels},le="+Inf"} ${total}`)
        lines.push(`${this.#name}_sum{${labels}} ${sum}`, `${this.#name}_count{${labels}} ${total}`)
      }
    }
    return `${lines.join('\n')}\n`
  }
}
