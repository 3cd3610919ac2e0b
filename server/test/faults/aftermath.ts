// After the load: what is there, and what the ledger says, compared with every answer that was received.
import { join } from 'node:path'
import { openLog, systemClock } from '#base'
import { openDatabase, socketFolderFor, socketTarget } from '#db'
import { openKeyring } from '#keys'
import { type Access, openLedger } from '#ledger'
import { type Caller, openCaller } from './caller.ts'
import { contentOf, type Kept } from './load.ts'
import type { Chartkeep, Serving } from './serving.ts'
import type { Setting } from './setting.ts'

type Resource = Record<string, unknown> & { id: string; meta: { versionId: string }; code?: { text?: string } }

interface Page {
  readonly entry?: readonly { readonly resource: Resource }[]
  readonly link?: readonly { readonly relation: string; readonly url: string }[]
}

/** Where each marker stands, `id/version`, and with what content. */
type Found = Map<string, { readonly at: string; readonly content: string }[]>

interface Asking {
  readonly caller: Caller
  readonly token: string
}

/** Compares everything that was answered with what is stored, and everything released with the ledger. */
export async function judge(
  chartkeep: Chartkeep,
  serving: Serving,
  { patients, account }: Pick<Setting, 'patients' | 'account'>,
  kept: Kept,
): Promise<{ wrong: string[]; unrecorded: string[]; summary: string }> {
  const caller = openCaller(serving.url, serving.ca)
  const asking = { caller, token: await chartkeep.token(serving) }
  const found = await findEverything(asking, [...patients, ...(await findNewPatients(asking, kept))])
  caller.close()
  const entries = await readLedger(chartkeep.data, [chartkeep.clientId, account])
  const outcomes = [...Map.groupBy(kept.attempts, ({ outcome }) => outcome)]
  return {
    wrong: compare(kept, found),
    unrecorded: findUnrecorded(kept, entries),
    summary: [
      [...kept.counts].map(([name, count]) => `${name} ${count}`).join(', '),
      outcomes.map(([outcome, { length }]) => `${outcome} ${length}`).join(', '),
      `longest answer ${Math.round(kept.longestMs)} ms`,
    ].join('; '),
  }
}

/** Every version of every record of these patients. */
async function findEverything(asking: Asking, patients: readonly string[]): Promise<Found> {
  const versions = new Map<string, Resource>()
  const take = (resource: Resource): unknown => versions.set(`${resource.id}/${resource.meta.versionId}`, resource)
  for (const patient of patients) {
    for await (const resource of walk(asking, `/fhir/R4/Observation?patient=${patient}&_count=1000`)) {
      take(resource)
      if (resource.meta.versionId === '1') continue
      for await (const version of walk(asking, `/fhir/R4/Observation/${resource.id}/_history?_count=1000`))
        take(version)
    }
  }
  const found: Found = new Map()
  for (const [at, resource] of versions) {
    const marker = resource.code?.text ?? ''
    found.set(marker, [...(found.get(marker) ?? []), { at, content: contentOf(resource) }])
  }
  return found
}

/** Page by page. */
async function* walk(asking: Asking, first: string): AsyncGenerator<Resource> {
  for (let path = first; path !== '';) {
    const { entry = [], link = [] } = await get(asking, path)
    for (const { resource } of entry) yield resource
    path = link.find(({ relation }) => relation === 'next')?.url ?? ''
  }
}

/** The patients that transactions have made: at most one each. */
async function findNewPatients(asking: Asking, { attempts }: Kept): Promise<string[]> {
  const patients: string[] = []
  for (const { newPatient } of attempts) {
    if (newPatient === undefined) continue
    const { entry = [] } = await get(asking, `/fhir/R4/Patient?identifier=urn:example:load|${newPatient}`)
    patients.push(...entry.map(({ resource }) => resource.id))
  }
  return patients
}

async function get({ caller, token }: Asking, path: string): Promise<Page> {
  const { status, body } = await caller.ask(path, { headers: { authorization: `Bearer ${token}` } })
  if (status !== 200) throw new Error(`${status} ${body}`)
  return JSON.parse(body) as Page
}

/** What does not agree with the answers that were received. */
function compare({ attempts }: Kept, found: Found): string[] {
  const wrong: string[] = []
  for (const { outcome, parts } of attempts) {
    const there = parts.filter(({ marker }) => found.has(marker)).length
    const [first] = parts
    if (there !== 0 && there !== parts.length) wrong.push(`${first?.marker}: ${there} of ${parts.length} are there`)
    if (outcome === 'acknowledged' && there !== parts.length) wrong.push(`${first?.marker}: acknowledged and lost`)
    if (outcome === 'refused' && there > 0) wrong.push(`${first?.marker}: refused, and there all the same`)
    for (const { marker, sent, acknowledged } of parts) {
      const places = found.get(marker) ?? []
      if (places.length > 1) wrong.push(`${marker}: there ${places.length} times`)
      for (const { at, content } of places) {
        if (content !== sent) wrong.push(`${marker}: not what was sent`)
        if (acknowledged !== undefined && at !== acknowledged) wrong.push(`${marker}: at ${at}, not at ${acknowledged}`)
      }
    }
  }
  return wrong
}

/** Every entry of these actors, by request. */
async function readLedger(data: string, actors: readonly string[]): Promise<Map<string, Access[]>> {
  const keys = await openKeyring(`${data}.keys`, { kind: 'file', path: join(`${data}.keys`, 'root.key') })
  const log = openLog('silent')
  const db = openDatabase(
    socketTarget(socketFolderFor(data), 'chartkeep', (role) => keys.password(role)),
    log,
  )
  const ledger = openLedger({ db, keys, clock: systemClock, log, witnesses: [], origin: 'test.example/ledger' })
  const entries = new Map<string, Access[]>()
  try {
    for (const actor of actors) {
      let before: string | undefined
      do {
        const page = await ledger.accessesBy(1, actor, { count: 1000, ...(before === undefined ? {} : { before }) })
        for (const access of page.accesses)
          entries.set(access.request, [...(entries.get(access.request) ?? []), access])
        before = page.next
      } while (before !== undefined)
    }
  } finally {
    await db.close()
  }
  return entries
}

/** Answers with health information that no entry accounts for. */
function findUnrecorded({ released }: Kept, entries: ReadonlyMap<string, readonly Access[]>): string[] {
  return released.flatMap(({ request, records, patients }) => {
    const done = (entries.get(request) ?? []).filter(({ outcome }) => outcome === 'done')
    if (done.length === 0) return [`${request}: released without an entry`]
    const named = new Set(done.flatMap((entry) => [...entry.records.map(({ id }) => id), ...entry.patients]))
    const missing = [...records.filter((id) => !named.has(id)), ...patients.filter((id) => !named.has(id))]
    return missing.length === 0 ? [] : [`${request}: ${missing.length} released and not named`]
  })
}
