import { type Log, Refusal } from '#base'
import type { Connections } from './connections.ts'
import type { InFlight } from './in-flight.ts'
import type { Limits } from './limits.ts'
import type { Meters } from './meters.ts'
import type { RefusalRecord } from './refusal-record.ts'
import { answerRefusal } from './refused.ts'
import type { Answer } from './route.ts'
import { send } from './send.ts'
import type { Visit } from './visit.ts'

/** Where requests are served: one per listener. */
export interface Scene {
  readonly inFlight: InFlight
  readonly connections: Pick<Connections, 'begin' | 'end' | 'know'>
  readonly record: RefusalRecord
  readonly meters: Meters
  readonly limits: Limits
  readonly log: Log
  /** No new requests. */
  stopping: boolean
}

/** Runs the column, then the route; sends what comes of it. Never rejects. */
export async function serve(visit: Visit, scene: Scene): Promise<void> {
  const { inFlight, connections, limits } = scene
  inFlight.add(visit)
  visit.outgoing.once('close', () => connections.end(visit))
  let answer: Answer
  try {
    connections.begin(visit)
    if (scene.stopping) throw new Refusal('stopping')
    if (inFlight.size > limits.inFlight) throw new Refusal('rate-limited')
    for (const check of visit.route.column) {
      const pending = check(visit)
      if (pending !== undefined) await pending
    }
    if (visit.found !== undefined) connections.know(visit, visit.found)
    if (!visit.settled) visit.leaveShare = inFlight.share(visit, limits.inFlightOf)
    answer = await visit.route.handle(visit)
    if (visit.declined !== undefined) await recordParts(visit, visit.declined, scene)
  } catch (error) {
    answer = await decline(visit, error, scene)
  }
  settle(visit, answer, scene)
}

/** Answers for a request whose time is up; its entry follows, and what it was doing is told to stop. */
export function expire(visit: Visit, refusal: Refusal, scene: Scene): void {
  const answer = answerRefusal(refusal, visit.route.route.surface, visit.request)
  scene.meters.refused(refusal.code)
  settle(visit, answer, scene)
  visit.abandon()
  scene.record
    .record(visit, refusal)
    .catch((error: unknown) => scene.log.error({ request: visit.request, err: error }, 'not recorded'))
}

/** Refusals of parts of a request. Should they not be recorded, its other parts may have been saved all the same. */
async function recordParts(visit: Visit, refusals: readonly Refusal[], { record, meters }: Scene): Promise<void> {
  try {
    await Promise.all(refusals.map(async (refusal) => record.record(visit, refusal)))
  } catch (cause) {
    throw new Refusal(visit.route.route.class === 'write' ? 'outcome-unknown' : 'ledger-unavailable', { cause })
  }
  for (const { code } of refusals) meters.refused(code)
}

/** Whatever was thrown → a refusal, recorded, as an answer. What we did not expect is logged and told to nobody. */
async function decline(visit: Visit, error: unknown, scene: Scene): Promise<Answer> {
  const { log, meters, record } = scene
  const { request } = visit
  const { surface } = visit.route.route
  let refusal = error instanceof Refusal ? error : new Refusal('internal', { cause: error })
  if (refusal.status >= 500) {
    const cause = refusal.cause ?? refusal
    log.error({ request, route: visit.route.pattern, code: refusal.code, err: cause }, 'failed')
  }
  if (!visit.settled) {
    try {
      await record.record(visit, refusal)
    } catch (failure) {
      log.error({ request, code: refusal.code, err: failure }, 'a refusal could not be recorded')
      refusal = failure instanceof Refusal ? failure : new Refusal('ledger-unavailable')
    }
    meters.refused(refusal.code)
  }
  return answerRefusal(refusal, surface, request)
}

/** The first answer is the answer. */
function settle(visit: Visit, answer: Answer, scene: Scene): void {
  if (visit.settled || visit.outgoing.destroyed) {
    if (typeof answer.body === 'object' && 'destroy' in answer.body) answer.body.destroy()
    if (!visit.settled) finish(visit, 499, scene)
    visit.settled = true
    return
  }
  visit.settled = true
  const sending = {
    last: scene.stopping,
    onSent: (whole: boolean) => finish(visit, whole ? answer.status : 499, scene),
  }
  try {
    send(visit, answer, sending)
  } catch (error) {
    scene.log.error({ request: visit.request, route: visit.route.pattern, err: error }, 'unsendable')
    if (typeof answer.body === 'object' && 'destroy' in answer.body) answer.body.destroy()
    send(visit, answerRefusal(new Refusal('internal'), visit.route.route.surface, visit.request), {
      last: true,
      onSent: () => finish(visit, 500, scene),
    })
  }
}

/** One line per request: the route's pattern, never its address, which may name a patient. 499: the caller left. */
function finish(visit: Visit, status: number, scene: Scene): void {
  const now = performance.now()
  const milliseconds = now - visit.began
  scene.inFlight.done(visit, now)
  scene.meters.answered(visit.route.pattern, status, milliseconds / 1000)
  const { request, route, found } = visit
  scene.log.info(
    {
      request,
      route: route.pattern,
      status,
      ms: Math.round(milliseconds * 100) / 100,
      actor: found?.kind ?? 'anonymous',
    },
    'answered',
  )
}
