import { Readable } from 'node:stream'
import type { Changed } from '@chartkeep/model/office'
import type { Route } from '#http'
import { decide } from '#policy'
import type { RecordChange } from '#records'
import { grantFor, officeRoute, type OfficeParts, patientIn, personIn } from './parts.ts'

const beatMs = 25_000

/**
 * What changes in an open chart, as server-sent events: which record, never what it says. The page reads it again, and
 * that read is decided and recorded like any other. Ends when the session is locked or over.
 */
export function eventRoutes({ records, identity }: OfficeParts): readonly Route[] {
  return [
    officeRoute(
      'GET',
      '/patients/:id/events',
      'stream',
      async (exchange) => {
        const person = personIn(exchange)
        const patient = patientIn(exchange)
        const purpose = exchange.purpose
        await records.read(grantFor(exchange, 'read', 'Patient'), patient, exchange.request)
        const stream = new Readable({ read: () => undefined })
        stream.push(': open\n\n')
        const tell = (change: RecordChange): void => {
          if (change.patient !== patient || change.tenant !== person.tenant) return
          if (!decide({ actor: person, action: 'search', type: change.type, purpose }).allow) return
          stream.push(
            `event: changed\ndata: ${JSON.stringify({ type: change.type, id: change.id } satisfies Changed)}\n\n`,
          )
        }
        const stopWatching = records.watch(tell)
        const beat = setInterval(() => stream.push(': beat\n\n'), beatMs)
        const stopSession =
          exchange.session === undefined ? () => undefined : identity.watch(exchange.session, () => stream.push(null))
        stream.once('close', () => {
          clearInterval(beat)
          stopWatching()
          stopSession()
        })
        return {
          status: 200,
          headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
          body: stream,
        }
      },
      ['Patient'],
    ),
  ]
}
