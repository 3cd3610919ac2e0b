import { type Tx, byteaArray } from '#db'
import { isGenuine, newOpaque, tenantOf } from './opaque.ts'
import type { From, Parts } from './parts.ts'
import { keyed } from './people.ts'
import { addressLane } from './throttle.ts'

/** Where an attempt comes from, as far as the practice knows it: keyed hashes, as they are stored. */
export interface Place {
  /** Of the workstation's cookie, when it sent one of ours. */
  readonly workstation: Buffer | undefined
  readonly network: Buffer
}

/** What a browser is known by on later visits: random, made by us, and of no use but to be told from unknown ones. */
export function newWorkstation(parts: Parts, tenant: number): string {
  return newOpaque(tagKeyOf(parts), tenant)
}

/** Whether we made this cookie: costs no query. */
export function isWorkstation(parts: Parts, cookie: string): boolean {
  return tenantOf(cookie) !== undefined && isGenuine(tagKeyOf(parts), cookie)
}

function tagKeyOf({ keys }: Parts) {
  return keys.hmacKey('identity/workstation-tag')
}

export function placeOf(parts: Parts, tenant: number, { device, address }: From): Place {
  const ours = device !== undefined && isWorkstation(parts, device)
  return {
    workstation: ours ? keyed(parts.keys, 'workstation', `${tenant}|${device}`) : undefined,
    network: keyed(parts.keys, 'workstation', `${tenant}|network|${addressLane(address)}`),
  }
}

export type Familiarity = 'workstation' | 'network' | 'elsewhere'

/**
 * The account has signed in at this workstation, or anyone of the practice from this network. Ask for unknown names too,
 * with an id that nobody has.
 */
export async function familiarity(tx: Tx, tenant: number, account: string, place: Place): Promise<Familiarity> {
  const { rows } = await tx.query<{ workstation: boolean; network: boolean }>({
    text: `select exists (select 1 from identity.known_workstation
        where tenant = $1 and account = $2 and workstation = $3) as workstation,
      exists (select 1 from identity.known_workstation where tenant = $1 and workstation = $4) as network`,
    values: [tenant, account, place.workstation ?? null, place.network],
  })
  if (rows[0]?.workstation === true) return 'workstation'
  return rows[0]?.network === true ? 'network' : 'elsewhere'
}

/** After a sign-in with both factors. */
export async function rememberPlace(tx: Tx, tenant: number, account: string, place: Place, now: number): Promise<void> {
  const hashes = [place.workstation, place.network].filter((hash) => hash !== undefined)
  await tx.query({
    text: `insert into identity.known_workstation (tenant, account, workstation, last)
      select $1, $2, hash, $4 from unnest($3::bytea[]) as hash
      on conflict (tenant, account, workstation) do update set last = excluded.last`,
    values: [tenant, account, byteaArray(hashes), new Date(now)],
    changes: hashes.length,
  })
}
