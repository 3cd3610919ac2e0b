// A server put together without recording reads, to measure what recording costs. It exists here alone: the product has
// no such composition and no setting for one. Only a folder of the benchmark's own is ever served by it.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openLog, systemClock } from '../../server/src/base/index.ts'
import { layoutOf, readInstallation } from '../../server/src/cli/index.ts'
import { fhirRoutes } from '../../server/src/fhir/index.ts'
import { openMetricsToken, openOwnCertificates, startHttp } from '../../server/src/http/index.ts'
import { openSystem } from '../../server/src/main.ts'
import { openRecords } from '../../server/src/records/index.ts'
import { smartRoutes } from '../../server/src/smart/index.ts'

const { values } = parseArgs({ options: { data: { type: 'string' }, port: { type: 'string' } } })
const layout = layoutOf(values.data ?? '')
const clock = systemClock
const log = openLog('info')
const source = { kind: 'file', path: join(layout.keys, 'root.key') } as const
const system = await openSystem({
  installation: readInstallation(layout),
  source,
  databaseUrl: undefined,
  witnesses: [],
  clock,
  log,
})
const { db, keys, identity, ledger, tenant } = system
const records = await openRecords({ db, keys, ledger: { ...ledger, record: async () => undefined }, clock, log })
await identity.start()
let url = ''
const listening = await startHttp({
  port: Number(values.port),
  host: '127.0.0.1',
  tls: openOwnCertificates({ keysFolder: layout.keys, dataFolder: layout.data, names: [], clock, log }),
  identity,
  ledger,
  log,
  clock,
  tenant,
  routes: [
    ...fhirRoutes({ records, clock, version: 'bench', base: () => `${url}/fhir/R4` }),
    ...smartRoutes({ identity, tenant, publicOrigin: undefined }),
  ],
  ready: async () => ({ patients: records.ready() }),
  metricsToken: openMetricsToken(layout.keys),
})
url = listening.url
process.once('SIGTERM', () => {
  void (async () => {
    await listening.stop()
    await identity.stop()
    await system.close()
  })()
})
