import type { SystemStatus } from '@chartkeep/model/office'
import type { Route } from '#http'
import type { LedgerStatus } from '#ledger'
import { grantFor } from '#policy'
import { json } from './answers.ts'
import { personIn } from './asking.ts'
import { present } from './elements.ts'
import { recordLook } from './entries.ts'
import type { OfficeParts } from './parts.ts'
import { officeRoute } from './route.ts'

/** The state of the system: for those who keep it, and for the privacy officer. No health information. */
export function systemRoutes(parts: OfficeParts): readonly Route[] {
  return [
    officeRoute({
      method: 'GET',
      path: '/system',
      class: 'search',
      types: ['AuditEvent'],
      action: 'view-system',
      handle: async (exchange) => {
        const grant = grantFor(exchange, 'view-system', 'AuditEvent')
        await recordLook(parts, exchange, grant, [])
        return json(await systemStatus(parts, personIn(exchange).tenant))
      },
    }),
  ]
}

async function systemStatus(parts: OfficeParts, tenant: number): Promise<SystemStatus> {
  const { ledger, database, keys, version, started } = parts
  return {
    version,
    started: new Date(started).toISOString(),
    database: await database(),
    keys: keys(),
    ledger: ledgerLine(await ledger.status(tenant)),
  }
}

function ledgerLine({ checkpoint, sequencer, witnesses }: LedgerStatus): SystemStatus['ledger'] {
  return {
    sequenced: checkpoint?.size ?? 0,
    ...present({
      checkpointAt: instant(checkpoint?.at),
      caughtUpAt: instant(sequencer.caughtUp),
      fault: sequencer.fault,
    }),
    witnesses: witnesses.map(({ folder, at, failing }) => ({ name: folder, failing, ...present({ at: instant(at) }) })),
  }
}

function instant(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}
