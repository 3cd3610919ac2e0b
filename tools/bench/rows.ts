import type { Figures, Part } from './parts.ts'
import type { Row } from './table.ts'

/** The rows of what was measured, each with what the design asks for. */
export function tableRows(figures: Figures): Row[] {
  return [
    ...transactionRows(figures),
    ...interactionRows(figures),
    ...alone(figures),
    ...importRows(figures),
    ...afterLoad(figures),
  ]
}

const atLeast = (part: Part, work: string, value: number, budget: number, raw?: number): Row => ({
  ...{ part, work, value, unit: '/s', budget },
  ...(raw === undefined ? {} : { raw }),
})

const atMost = (part: Part, work: string, value: number, unit: string, budget: number): Row => ({
  ...{ part, work, value, unit, budget, atMost: true },
})

/** The middle of the rounds by its ratio. */
function transactionRows({ compared = [] }: Figures): Row[] {
  const middle = compared.toSorted((a, b) => a.rate / a.raw - b.rate / b.raw)[Math.floor(compared.length / 2)]
  if (middle === undefined) return []
  return [{ ...atLeast('transactions', 'transactions of 200 resources', middle.rate, 9000, middle.raw), ratio: 0.22 }]
}

// oxfmt-ignore
const interactions = [
  ['create',     'create one, 16 clients',                            2500, 'creates'],
  ['read',       'read by id, entry durable first, 64 clients',       6000, 'reads'  ],
  ['newest',     'newest 50 of one patient, 16 clients',               800, 'newest' ],
  ['everything', '$everything of 380 resources, 2 clients',            100, undefined],
  ['writes',     'conditional writes, by identifier, 32 clients',     2000, 'upserts'],
  ['mix',        'conditional reads and writes, mixed, 32 clients',    700, undefined],
  ['months',     'encounters of a month, 50 of them, 8 clients',       800, 'months' ],
  ['identifier', 'patient by identifier, 8 clients',                  3000, undefined],
  ['name',       'patient by name prefix, 8 clients',                 3000, undefined],
] as const

function interactionRows({ interactions: measured, raw, recording }: Figures): Row[] {
  return interactions.flatMap(([part, work, budget, alike]) => {
    const rate = measured[part]?.rate
    if (rate === undefined) return []
    // Reads were measured again for what recording costs.
    const best = part === 'read' ? Math.max(rate, ...(recording?.full ?? [])) : rate
    return atLeast(part, work, best, budget, alike === undefined ? undefined : raw?.[alike])
  })
}

function alone({ typing, validation, decision }: Figures): Row[] {
  const rows: Row[] = []
  if (typing !== undefined) {
    const patients = typing.patients.toLocaleString('en')
    rows.push(atMost('typing', `patient search while typing, ${patients} patients, p95`, typing.p95, 'ms', 100))
  }
  if (validation !== undefined) {
    rows.push(atMost('validation', 'validating an Observation', validation['Observation'] ?? 0, 'µs', 25))
    rows.push(atMost('validation', 'validating a Patient', validation['Patient'] ?? 0, 'µs', 80))
  }
  if (decision !== undefined) rows.push(atMost('decision', 'policy decision', decision, 'µs', 5))
  return rows
}

function importRows({ imported }: Figures): Row[] {
  if (imported === undefined) return []
  const { source, size, resident, resources, rate } = imported
  const many = resources.toLocaleString('en')
  return [
    atMost('import', `bytes a record in PostgreSQL, all in (${source})`, size.perRecord, 'B', 600),
    atMost('import', `resident while importing ${many} resources`, resident / 1e6, 'MB', 400),
    { part: 'import', work: 'import, validated', value: rate, unit: '/s' },
  ]
}

function afterLoad({ resident, recording }: Figures): Row[] {
  const rows: Row[] = []
  if (resident !== undefined) rows.push(atMost('memory', 'server memory after the load', resident / 1e6, 'MB', 400))
  if (recording !== undefined)
    rows.push(atMost('recording', 'cost of recording, of the read rate', recording.cost * 100, '%', 25))
  return rows
}
