import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import { Durations } from './durations.ts'

/** A number that another module knows, read when metrics are collected: ledger lag, pool sizes. */
export interface Collector {
  /** `chartkeep_ledger_unsequenced_entries`: Prometheus naming, with the unit. */
  readonly name: string
  readonly help: string
  collect(): number | Promise<number>
}

/** Everything counted here is about routes and codes; no label ever comes from a request. */
export class Meters {
  readonly #registry = new Registry()
  readonly #seconds: Durations
  readonly #refusals: Counter<'code'>
  readonly #handshakes: Counter
  readonly #malformed: Counter

  /** @param worker in every label, where several processes are measured together */
  constructor(collectors: readonly Collector[], worker?: number | 'primary') {
    const registers = [this.#registry]
    if (worker !== undefined) this.#registry.setDefaultLabels({ worker: String(worker) })
    this.#seconds = new Durations(
      'chartkeep_http_request_seconds',
      'Time from the head of a request to its answer, by route and class of status.',
      worker === undefined ? '' : `,worker="${worker}"`,
    )
    collectDefaultMetrics({ register: this.#registry })
    this.#refusals = new Counter({
      name: 'chartkeep_http_refusals_total',
      help: 'Requests that were refused, by reason.',
      labelNames: ['code'],
      registers,
    })
    this.#handshakes = new Counter({
      name: 'chartkeep_tls_failures_total',
      help: 'Connections that did not get through the TLS handshake.',
      registers,
    })
    this.#malformed = new Counter({
      name: 'chartkeep_http_malformed_total',
      help: 'Connections cut because what they sent was not HTTP, too large or too slow.',
      registers,
    })
    for (const { name, help, collect } of collectors) {
      const gauge: Gauge = new Gauge({ name, help, registers, collect: async () => gauge.set(await collect()) })
    }
  }

  answered(route: string, status: number, seconds: number): void {
    this.#seconds.add(route, status, seconds)
  }

  refused(code: string): void {
    this.#refusals.inc({ code })
  }

  handshakeFailed(): void {
    this.#handshakes.inc()
  }

  malformed(): void {
    this.#malformed.inc()
  }

  /** Prometheus text exposition, version 0.0.4. */
  async expose(): Promise<{ type: string; text: string }> {
    return { type: this.#registry.contentType, text: `${await this.#registry.metrics()}\n${this.#seconds.expose()}` }
  }
}
