import type { Changed } from '@chartkeep/model/office'
import type { Answer, Exchange, Route } from '#http'
import { decide, grantFor } from '#policy'
import type { RecordChange } from '#records'
import { patientIn, personIn, presenceIn } from './asking.ts'
import { type EventStreams, openEventStreams } from './event-streams.ts'
import type { OfficeParts } from './parts.ts'
import { officeRoute } from './route.ts'

/**
 * What others change in an open chart, as server-sent events: which record, never what it says. The page reads it again,
 * and that read is decided and recorded like any other. Ends when the session is locked or over, or takes another role.
 */
export function eventRoutes(parts: OfficeParts): readonly Route[] {
  const streams = openEventStreams()
  return [
    officeRoute({
      method: 'GET',
      path: '/patients/:id/events',
      class: 'stream',
      types: ['Patient'],
      handle: (exchange) => follow(parts, streams, exchange),
    }),
  ]
}

async function follow({ records, identity }: OfficeParts, streams: EventStreams, exchange: Exchange): Promise<Answer> {
  const person = personIn(exchange)
  const patient = patientIn(exchange)
  const { purpose } = exchange
  await records.read(grantFor(exchange, 'read', 'Patient'), patient, exchange.request)
  const stream = streams.open(person.session)
  const tell = (change: RecordChange | undefined): void => {
    // The page opens another stream and looks again.
    if (change === undefined) return stream.end()
    if (change.patient !== patient || change.tenant !== person.tenant || change.by === person.id) return
    if (!decide({ actor: person, action: 'search', type: change.type, purpose }).allow) return
    stream.send('changed', { type: change.type, id: change.id } satisfies Changed)
  }
  const stops = [records.watch(tell), identity.watch(presenceIn(exchange), () => stream.end())]
  stream.onOver(() => {
    for (const stop of stops) stop()
  })
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
    body: stream.body,
  }
}
