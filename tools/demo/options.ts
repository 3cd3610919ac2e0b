import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { portIn, UsageFault, workersIn } from '../../server/src/cli/index.ts'

export interface DemoOptions {
  readonly port: number
  readonly data: string
  readonly patients: number
  readonly readyFile: string | undefined
  readonly workers: number
}

const root = join(import.meta.dirname, '..', '..')
const help = `usage: npm run demo -- [options]

  --port N           Port for HTTPS, on this machine alone. Default: 8443.
  --data DIR         Where the practice is kept. Default: .chartkeep/demo
  --patients N       How many patients a new practice has. Default: 100.
  --workers N        Processes that serve, or auto: one for each core. Default: 1.
  --ready-file FILE  Written when the demonstration is ready: JSON with addresses, accounts and a client.`

export function parseOptions(args: readonly string[]): DemoOptions | 'help' {
  const { values } = read(args)
  if (values.help === true) {
    console.log(help)
    return 'help'
  }
  const patients = Number(values.patients ?? '100')
  if (!Number.isInteger(patients) || patients < 1 || patients > 1_000_000) {
    throw new UsageFault('--patients is a number from 1 to 1000000.')
  }
  return {
    port: portIn(values.port ?? '8443'),
    data: values.data ?? join(root, '.chartkeep', 'demo'),
    patients,
    readyFile: values['ready-file'],
    workers: workersIn(values.workers ?? '1'),
  }
}

function read(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: { port: text, data: text, patients: text, workers: text, 'ready-file': text, help: { type: 'boolean' } },
    })
  } catch (error) {
    throw new UsageFault(`${error instanceof Error ? error.message.split('. ')[0] : ''}.\n\n${help}`)
  }
}
