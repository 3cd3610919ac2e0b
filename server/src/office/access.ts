import type { AccessEntry, AccessHistory, PersonAccess } from '@chartkeep/model/office'
import { parseId, Refusal } from '#base'
import type { Exchange, Route } from '#http'
import type { Access } from '#ledger'
import { explainRule } from '#policy'
import { json } from './body.ts'
import { grantFor, idIn, officeRoute, type OfficeParts, patientIn, personIn, recordLook } from './parts.ts'
import { hitOf } from './patients.ts'

const pageSize = 100

/** Who opened a chart, and what someone opened. Looking at it is itself an entry. */
export function accessRoutes(parts: OfficeParts): readonly Route[] {
  const { ledger, records } = parts
  return [
    officeRoute(
      'GET',
      '/patients/:id/access',
      'search',
      async (exchange) => {
        const grant = grantFor(exchange, 'review-access', 'AuditEvent')
        const { tenant } = personIn(exchange)
        const patient = patientIn(exchange)
        const page = await ledger.accessesOf(tenant, patient, pageAsked(exchange))
        await recordLook(parts, exchange, grant, [patient])
        const entries = await describe(parts, tenant, page.accesses)
        const { checkpoint } = await ledger.status(tenant)
        return json({
          entries,
          ...(page.next === undefined ? {} : { next: page.next }),
          ...(checkpoint === undefined
            ? {}
            : { checkpoint: { size: checkpoint.size, at: new Date(checkpoint.at).toISOString() } }),
        } satisfies AccessHistory)
      },
      ['AuditEvent'],
    ),
    officeRoute(
      'GET',
      '/people',
      'search',
      async (exchange) => {
        const person = personIn(exchange)
        if (person.role !== 'privacy-officer')
          throw new Refusal('not-permitted', {
            rule: `role:${person.role}/access-history`,
            remedy: 'Ask the privacy officer.',
          })
        const grant = grantFor(exchange, 'review-access', 'AuditEvent')
        const account = idIn<'account'>(exchange.query.get('account') ?? undefined)
        const page = await ledger.accessesBy(person.tenant, account, pageAsked(exchange))
        const patients = [...new Set(page.accesses.flatMap((access) => access.patients))].flatMap(
          (text) => parseId<'patient'>(text) ?? [],
        )
        const faces = new Map(
          (await records.faces(grantFor(exchange, 'search', 'Patient'), patients, exchange.request)).map((found) => [
            found.face.id as string,
            hitOf(found),
          ]),
        )
        await recordLook(parts, exchange, grant, patients)
        const entries = await describe(parts, person.tenant, page.accesses)
        const shown = entries.map((entry, index) => {
          const patient = faces.get(page.accesses[index]?.patients[0] ?? '')
          return patient === undefined ? entry : { ...entry, patient }
        })
        return json({ entries: shown, ...(page.next === undefined ? {} : { next: page.next }) } satisfies PersonAccess)
      },
      ['AuditEvent'],
    ),
  ]
}

function pageAsked({ query }: Exchange) {
  const before = query.get('before')
  return { count: pageSize, ...(before === null ? {} : { before }) }
}

async function describe(
  { identity }: OfficeParts,
  tenant: number,
  accesses: readonly Access[],
): Promise<AccessEntry[]> {
  const names = await identity.namesOf(tenant, [...new Set(accesses.flatMap(({ actor }) => actor.id ?? []))])
  return accesses.map((access) => ({
    id: access.id,
    at: new Date(access.at).toISOString(),
    who: names.get(access.actor.id ?? '') ?? strangers[access.actor.kind],
    role: access.actor.role ?? '',
    workstation: access.workstation,
    action: access.action,
    what: whatOf(access),
    purpose: access.purpose ?? '',
    rule: access.rule ?? '',
    why: access.rule === undefined ? '' : explainRule(access.rule),
    outcome: access.outcome,
  }))
}

const strangers = {
  person: 'Someone whose account is no longer here',
  client: 'A program',
  job: 'Import',
  system: 'Chartkeep',
  anonymous: 'Someone not signed in',
} as const

function whatOf({ types, records }: Access): string {
  const counts = new Map<string, number>(types.map((type) => [type, 0]))
  for (const { type } of records) counts.set(type, (counts.get(type) ?? 0) + 1)
  return [...counts].map(([type, count]) => (count > 1 ? `${type} (${count})` : type)).join(', ')
}
