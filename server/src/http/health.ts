import type { Meters } from './meters.ts'
import type { Route } from './route.ts'

/** Can work be done now? By part: database, ledger, keys. */
export type Readiness = () => Promise<Readonly<Record<string, boolean>>>

/**
 * For supervisors and collectors: alive, ready, measured. None of it says anything about anyone.
 * @param exposeAll the metrics of all processes on this port, when there are several
 */
export function healthRoutes(meters: Meters, ready: Readiness, exposeAll?: () => Promise<string>): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      class: 'public',
      surface: 'system',
      handle: async () => ({ status: 200, body: 'alive\n' }),
    },
    {
      method: 'GET',
      path: '/readyz',
      class: 'public',
      surface: 'system',
      handle: async () => {
        const parts = await ready()
        const status = Object.values(parts).every(Boolean) ? 200 : 503
        return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(parts) }
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      class: 'metrics',
      surface: 'system',
      handle: async () => {
        const { type, text } = await meters.expose()
        return { status: 200, headers: { 'content-type': type }, body: (await exposeAll?.()) ?? text }
      },
    },
  ]
}
