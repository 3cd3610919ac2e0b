import { neighbourhood } from '../address.ts'
import { limitBy } from '../rate.ts'
import type { Means, Prepare } from './check.ts'

type Open = keyof Means['limits']['addressRate']

// One set of buckets for all routes of a class: made once per listener, found by its means.
const byAddress = new WeakMap<Means, Map<Open, (caller: string) => void>>()
const byActor = new WeakMap<Means, Record<'person' | 'client' | 'job', (caller: string) => void>>()

/** By network address, where no credentials are asked for (ASVS V2.4). */
export const limitAddressRate: Prepare = (route, means) => {
  const kind: Open =
    route.class === 'sign-in' || route.class === 'token' || route.class === 'metrics' ? route.class : 'public'
  const limiters = byAddress.get(means) ?? new Map<Open, (caller: string) => void>()
  byAddress.set(means, limiters)
  const limit = limiters.get(kind) ?? limitBy(means.limits.addressRate[kind], means.clock)
  limiters.set(kind, limit)
  return (visit) => limit(neighbourhood(visit.address))
}

/** By actor, over all routes: reading charts by script is slow, for a person's session. */
export const limitActorRate: Prepare = (_route, means) => {
  const { person, client, job } = means.limits.actorRate
  const limits = byActor.get(means) ?? {
    person: limitBy(person, means.clock),
    client: limitBy(client, means.clock),
    job: limitBy(job, means.clock),
  }
  byActor.set(means, limits)
  return (visit) => {
    const { actor } = visit
    limits[actor.kind](actor.id)
  }
}
