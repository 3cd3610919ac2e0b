import { type Clock, Refusal } from '#base'
import type { Answer, Exchange } from '#http'
import type { Held, Records, Stored, Write } from '#records'
import { etagOf, fhirJson, type Returned, returnedOf, savedOutcome } from './answers.ts'
import { answerOrRefuse, look } from './batch.ts'
import type { BundleEntry, ParsedBundle } from './bundle.ts'
import { bundleText, type EntryText, responseEntry } from './bundle-text.ts'
import { withDoubts } from './doubtful.ts'
import type { Interactions } from './interactions.ts'
import { readConditionalReferences } from './conditional-references.ts'
import { openLinks, resolveLinks } from './links.ts'
import type { Asking } from './offered.ts'
import { makeRelative, ownAddresses } from './own-address.ts'
import { requireApart } from './apart.ts'
import { type Planned, planEntry, type Planning } from './plan.ts'
import { holdingAnswers, questionnairesIn } from './questionnaire-answers.ts'
import { ofEntry, readEntries, type ReadEntry, turnsIn } from './read-entries.ts'

interface TransactionParts {
  readonly records: Records
  readonly interactions: Interactions
  readonly base: string
  readonly clock: Clock
}

/**
 * All or nothing (R4 http, 3.1.0.11). Ids are given first, then references to the entries' fullUrls and conditional
 * references are replaced, then everything is written in one transaction of the database, then the reads are answered.
 * What refuses it names the entry.
 */
export async function carryOutTransaction(
  parts: TransactionParts,
  exchange: Exchange,
  { entries }: ParsedBundle,
): Promise<Answer> {
  exchange.spend(entries.length)
  const read = await readEntries(parts.interactions.judge, entries)
  const answers = await parts.interactions.inTurn(
    turnsIn(entries, ownAddresses(parts.base, exchange)),
    async (held) => {
      const planned = await planAll(parts, exchange, read)
      const written = await writeAll(parts.records, planned, exchange.request, held)
      return answerAll(parts, exchange, entries, planned, written)
    },
  )
  return {
    status: 200,
    headers: { 'content-type': fhirJson },
    body: bundleText({ type: 'transaction-response', entries: answers }),
  }
}

type Plans = ReadonlyMap<BundleEntry, Planned>

async function planAll(
  { records, clock, base }: TransactionParts,
  asking: Asking,
  read: readonly ReadEntry[],
): Promise<Plans> {
  const own = ownAddresses(base, asking)
  for (const { resource } of read) if (resource !== undefined) makeRelative(resource, own)
  const entries = read.map(({ entry }) => entry)
  const links = openLinks(entries, await readConditionalReferences(records, asking, read, own))
  const planning = { records, clock, asking, base, links, touched: new Set<string>(), deleted: new Set<string>() }
  const planned = new Map<BundleEntry, Planned>()
  for (const one of inOrder(read))
    planned.set(one.entry, await ofItsEntry(one.entry, async () => planEntry(planning, one)))
  for (const [entry, plan] of planned) {
    if (plan.kind !== 'write' || plan.unlinked === undefined) continue
    const { unlinked } = plan
    await ofItsEntry(entry, async () => resolveLinks(unlinked, links, entry))
  }
  requireApart(read, planned, own)
  return judged({ records, asking }, planned)
}

/** What references and canonicals lead to is known by now, in the transaction itself too. */
async function judged({ records, asking }: Pick<Planning, 'records' | 'asking'>, planned: Plans): Promise<Plans> {
  const brought = questionnairesIn([...planned.values()].flatMap((plan) => (plan.kind === 'write' ? plan.write : [])))
  const plans = new Map<BundleEntry, Planned>()
  for (const [entry, plan] of planned) {
    if (plan.kind !== 'write') plans.set(entry, plan)
    else {
      const write = await ofItsEntry(entry, async () => holdingAnswers(records, asking, plan.write, brought))
      plans.set(entry, { ...plan, write: await withDoubts(write) })
    }
  }
  return plans
}

const order = ['DELETE', 'POST', 'PUT', 'PATCH', 'GET']

/** R4 http, 3.1.0.11.2; but patients right after what is deleted: what is theirs takes its bucket from their id. */
function inOrder(read: readonly ReadEntry[]): ReadEntry[] {
  const rank = ({ entry: { method }, resource }: ReadEntry): number =>
    resource?.resourceType === 'Patient' ? 0.5 : order.indexOf(method)
  return read.toSorted((one, other) => rank(one) - rank(other))
}

async function ofItsEntry<T>(entry: BundleEntry, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw ofEntry(entry, error)
  }
}

async function writeAll(
  records: Records,
  planned: Plans,
  request: string,
  held: Held,
): Promise<ReadonlyMap<Write, Stored>> {
  const changed = [...planned].flatMap(([entry, plan]) => (plan.kind === 'write' ? [{ entry, write: plan.write }] : []))
  const [first, ...rest] = changed.map(({ write }) => write)
  if (first === undefined) return new Map()
  try {
    const written = await records.write([first, ...rest], request, held)
    return new Map(changed.map(({ write }, index) => [write, written[index] ?? unanswered()]))
  } catch (error) {
    const entry = error instanceof Refusal && error.part !== undefined ? changed[error.part]?.entry : undefined
    throw entry === undefined ? error : ofEntry(entry, error)
  }
}

/** What is read now is read after the changes were saved: should it not be there, that is told of the entry alone. */
async function answerAll(
  { interactions, base }: TransactionParts,
  exchange: Exchange,
  entries: readonly BundleEntry[],
  planned: Plans,
  written: ReadonlyMap<Write, Stored>,
): Promise<EntryText[]> {
  const answers: EntryText[] = []
  const returned = returnedOf(exchange.headers['prefer']?.toString())
  for (const entry of entries) {
    const plan = planned.get(entry) ?? unanswered()
    if (plan.kind === 'nothing') answers.push(responseEntry({ status: '204 No Content' }))
    else if (plan.kind === 'write')
      answers.push(await answerWrite(base, written.get(plan.write) ?? unanswered(), returned))
    else answers.push(await answerOrRefuse(exchange, () => look(interactions, exchange, plan.target, entry)))
  }
  return answers
}

function unanswered(): never {
  throw new Error('each entry is planned and answered')
}

async function answerWrite(base: string, written: Stored, returned: Returned | undefined): Promise<EntryText> {
  const { type, id, version, updated, deleted, json } = written
  const status = deleted ? '204 No Content' : version === 1 ? '201 Created' : '200 OK'
  const response = {
    status,
    location: `${base}/${type}/${id}/_history/${version}`,
    etag: etagOf(version),
    lastModified: new Date(updated).toISOString(),
    ...(returned === 'OperationOutcome' ? { outcome: await savedOutcome(written) } : {}),
  }
  const shown = !deleted && (returned === undefined || returned === 'representation')
  return responseEntry(response, shown ? json : undefined)
}
