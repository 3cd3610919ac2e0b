import { neighbourhood } from '../address.ts'
import { Limiter } from '../rate.ts'
import type { Rate } from '../limits.ts'
import type { Visit } from '../visit.ts'
import { workstationCookie } from './authenticate.ts'
import type { Means, Prepare } from './check.ts'

type Open = keyof Means['limits']['addressRate']
type Pass = (caller: string, requests?: number) => void

// One set of buckets for all routes of a class: made once per listener, found by its means.
const byMeans = new WeakMap<Means, Map<string, Pass>>()

function passOf(means: Means, kind: string, rate: Rate): Pass {
  const passes = byMeans.get(means) ?? new Map<string, Pass>()
  byMeans.set(means, passes)
  const known = passes.get(kind)
  if (known !== undefined) return known
  const limiter = new Limiter(rate, means.clock)
  const spend = means.spending?.join(kind, limiter)
  const pass: Pass = (caller, requests = 1) => {
    limiter.pass(caller, requests)
    spend?.(caller, requests)
  }
  passes.set(kind, pass)
  return pass
}

/**
 * Where no credentials are asked for (ASVS V2.4): by the account of a live session, by a workstation that we gave a
 * cookie to, and only strangers by their network address, which a whole ward may share with whoever floods it.
 */
export const limitAddressRate: Prepare = (route, means) => {
  const kind: Open =
    route.class === 'sign-in' || route.class === 'token' || route.class === 'metrics' ? route.class : 'public'
  const pass = passOf(means, kind, means.limits.addressRate[kind])
  const passPerson = passOf(means, 'person', means.limits.actorRate.person)
  return (visit) =>
    visit.found === undefined
      ? pass(workstationOf(visit, means) ?? neighbourhood(visit.address))
      : passPerson(visit.found.id)
}

function workstationOf(visit: Visit, { identity }: Means): string | undefined {
  const cookie = visit.cookie(workstationCookie)
  return cookie !== undefined && identity.isWorkstation(cookie) ? `workstation ${cookie.slice(0, 40)}` : undefined
}

/** By actor, over all routes: reading charts by script is slow, for a person's session. */
export const limitActorRate: Prepare = (_route, means) => {
  const { person, client, job } = means.limits.actorRate
  const passes = {
    person: passOf(means, 'person', person),
    client: passOf(means, 'client', client),
    job: passOf(means, 'job', job),
  }
  return (visit) => {
    const { actor } = visit
    const pass = passes[actor.kind]
    visit.spend = (requests) => pass(actor.id, requests)
    visit.spend(1)
  }
}
