// Callers that create, update, send transactions, read and search, and keep every answer: what was promised, and what
// was released under which request.
import { isObject } from '@chartkeep/model/fhir'
import { type Answered, type Asked, type Caller, openCaller } from './caller.ts'

/** A word in everything that is sent, which no log may hold. */
export const canary = 'Quaxilornyx'
const identifiers = 'urn:example:load'

/** 'refused': the answer said that nothing was changed. 'unknown': it said so, or there was none. */
type Outcome = 'acknowledged' | 'refused' | 'unknown'

export interface Attempt {
  readonly outcome: Outcome
  /** All of these, or none. */
  readonly parts: readonly { readonly marker: string; readonly sent: string; readonly acknowledged?: string }[]
  /** Identifier of the patient that it makes. */
  readonly newPatient?: string
}

export interface Released {
  readonly request: string
  /** Ids of the records that came, whole or in part. */
  readonly records: readonly string[]
  readonly patients: readonly string[]
}

export interface Kept {
  readonly attempts: Attempt[]
  readonly released: Released[]
  /** What no outage explains. */
  readonly strange: string[]
  readonly counts: Map<string, number>
  longestMs: number
}

export interface LoadTarget {
  readonly url: string
  readonly ca: Buffer
  readonly token: string
  readonly patients: readonly string[]
  /** A record that all callers change, each when it has read the newest version. */
  readonly shared: { readonly id: string; readonly patient: string }
  /** Cookies of a clinician at a screen. */
  readonly cookie: string
  /** 0 to 1. */
  readonly random: () => number
}

export interface Load {
  readonly kept: Kept
  stop(): Promise<void>
}

/** How many changes have been acknowledged so far. */
export function acknowledged({ attempts }: Pick<Kept, 'attempts'>): number {
  return attempts.filter(({ outcome }) => outcome === 'acknowledged').length
}

export function startLoad(target: LoadTarget, callers: number): Load {
  const kept: Kept = { attempts: [], released: [], strange: [], counts: new Map(), longestMs: 0 }
  const stopping = new AbortController()
  const all = Array.from({ length: callers }, async (_, index) => {
    const one = new LoadCaller(target, kept, index)
    while (!stopping.signal.aborted) await one.turn()
    one.close()
  })
  return {
    kept,
    async stop() {
      stopping.abort()
      await Promise.all(all)
    },
  }
}

interface Known {
  readonly id: string
  readonly patient: string
  /** Undefined when an update may or may not have been made. */
  version: number | undefined
}

const mostKnown = 5

class LoadCaller {
  readonly #target: LoadTarget
  readonly #kept: Kept
  readonly #caller: Caller
  readonly #index: number
  readonly #known: Known[] = []
  #count = 0

  constructor(target: LoadTarget, kept: Kept, index: number) {
    this.#target = target
    this.#kept = kept
    this.#index = index
    this.#caller = openCaller(target.url, target.ca)
  }

  close(): void {
    this.#caller.close()
  }

  async turn(): Promise<void> {
    const kind = this.#target.random()
    const known = this.#known[Math.floor(this.#target.random() * mostKnown)]
    if (kind < 0.25) return this.#create()
    if (kind < 0.32) return this.#contend()
    if (kind < 0.45 && known !== undefined) return this.#update(known)
    if (kind < 0.6) return this.#transact(known)
    if (kind < 0.75 && known !== undefined) return this.#look(`/fhir/R4/Observation/${known.id}`)
    if (kind < 0.85) return this.#look(`/fhir/R4/Observation?patient=${this.#patient()}&_count=20`)
    if (kind < 0.9) return this.#look(`/fhir/R4/Patient?family=${canary}&_count=5`)
    return this.#look(`/office/patients/${this.#patient()}/records?type=Observation&type=Condition&count=20`)
  }

  #patient(): string {
    const { patients, random } = this.#target
    return patients[Math.floor(random() * patients.length)]!
  }

  #marker(): string {
    return `${canary}-${this.#index}-${++this.#count}`
  }

  async #create(): Promise<void> {
    const marker = this.#marker()
    const patient = this.#patient()
    const sent = observation(marker, `Patient/${patient}`)
    const answer = await this.#fhir('POST', '/Observation', sent)
    const { outcome, at } = this.#judge(answer, `create ${marker}`)
    this.#kept.attempts.push({ outcome, parts: [part(marker, sent, at)] })
    const id = at?.split('/')[0]
    if (id !== undefined && this.#known.length < mostKnown) this.#known.push({ id, patient, version: 1 })
  }

  async #update(known: Known): Promise<void> {
    if (known.version === undefined) return this.#lookUp(known)
    const marker = this.#marker()
    const sent = { ...observation(marker, `Patient/${known.patient}`), id: known.id }
    const asked = await this.#fhir('PUT', `/Observation/${known.id}`, sent, { 'if-match': `W/"${known.version}"` })
    const { outcome, at } = this.#judge(asked, `update ${marker}`)
    this.#kept.attempts.push({ outcome, parts: [part(marker, sent, at)] })
    if (outcome === 'acknowledged') known.version++
    if (outcome === 'unknown') known.version = undefined
  }

  /** Others change it at the same time: to be too late is right, to win twice with one version is not. */
  async #contend(): Promise<void> {
    const known: Known = { ...this.#target.shared, version: undefined }
    await this.#lookUp(known)
    if (known.version === undefined) return
    const marker = this.#marker()
    const sent = { ...observation(marker, `Patient/${known.patient}`), id: known.id }
    const asked = await this.#fhir('PUT', `/Observation/${known.id}`, sent, { 'if-match': `W/"${known.version}"` })
    const { outcome, at } =
      asked.status === 412 ? { outcome: 'refused' as const, at: undefined } : this.#judge(asked, marker)
    this.#kept.attempts.push({ outcome, parts: [part(marker, sent, at)] })
  }

  async #lookUp(known: Known): Promise<void> {
    const answer = await this.#ask(`/fhir/R4/Observation/${known.id}`)
    const version = /"(\d+)"/.exec(answer.headers.etag ?? '')?.[1]
    if (answer.status === 200 && version !== undefined) known.version = Number(version)
  }

  /** A patient of its own with 19 records, or 18 records of a patient and the change of another. */
  async #transact(known: Known | undefined): Promise<void> {
    const fresh = known?.version === undefined
    const subject = fresh ? `urn:uuid:${crypto.randomUUID()}` : `Patient/${known.patient}`
    const markers = Array.from({ length: 19 }, () => this.#marker())
    const resources = markers.map((marker) => observation(marker, subject))
    const entries: object[] = resources.map((resource) => ({
      resource,
      request: { method: 'POST', url: 'Observation' },
    }))
    const parts = markers.map((marker, index) => ({ marker, resource: resources[index]! }))
    let newPatient: string | undefined
    if (fresh) {
      newPatient = this.#marker()
      const resource = { ...person(newPatient), identifier: [{ system: identifiers, value: newPatient }] }
      entries.push({ fullUrl: subject, resource, request: { method: 'POST', url: 'Patient' } })
    } else {
      const marker = this.#marker()
      const resource = { ...observation(marker, subject), id: known.id }
      const request = { method: 'PUT', url: `Observation/${known.id}`, ifMatch: `W/"${known.version}"` }
      entries.push({ resource, request })
      parts.push({ marker, resource })
    }
    const answer = await this.#fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: entries })
    const { outcome } = this.#judge(answer, `transaction ${markers[0]}`)
    const places = placesIn(answer)
    this.#kept.attempts.push({
      outcome,
      parts: parts.map(({ marker, resource }, index) => part(marker, resource, places[index])),
      ...(newPatient === undefined ? {} : { newPatient }),
    })
    if (fresh) return
    if (outcome === 'acknowledged') known.version! += 1
    if (outcome === 'unknown') known.version = undefined
  }

  async #look(path: string): Promise<void> {
    const answer = await this.#ask(path)
    if (![0, 200, 503].includes(answer.status)) this.#kept.strange.push(`${path}: ${answer.status} ${answer.body}`)
  }

  #judge(answer: Answered, what: string): { outcome: Outcome; at: string | undefined } {
    const { status, headers, body } = answer
    const at = /Observation\/([0-9a-f-]{36}\/_history\/\d+)$/
      .exec(headers.location ?? '')?.[1]
      ?.replace('_history/', '')
    if (status === 200 || status === 201) return { outcome: 'acknowledged', at }
    if (status === 0) return { outcome: 'unknown', at: undefined }
    const code = /"coding":\[\{"code":"([a-z-]+)"/.exec(body)?.[1]
    if (status === 503 && code === 'outcome-unknown') return { outcome: 'unknown', at: undefined }
    // The head came and the words were cut off: which 503 it was is not known.
    if (status === 503 && code === undefined) return { outcome: 'unknown', at: undefined }
    // 409: two transactions got in each other's way. A version is one caller's own, so that 412 is never right.
    if (status !== 503 && status !== 409) this.#kept.strange.push(`${what}: ${status} ${code ?? body}`)
    return { outcome: 'refused', at: undefined }
  }

  async #fhir(method: string, path: string, body: object, headers: Record<string, string> = {}): Promise<Answered> {
    const type = { 'content-type': 'application/fhir+json' }
    return this.#ask(`/fhir/R4${path}`, { method, headers: { ...type, ...headers }, body: JSON.stringify(body) })
  }

  async #ask(path: string, asked: Asked = {}): Promise<Answered> {
    const { token, cookie } = this.#target
    const who: Record<string, string> = path.startsWith('/office')
      ? { cookie, 'x-chartkeep': '1', 'sec-fetch-site': 'same-origin' }
      : { authorization: `Bearer ${token}` }
    const answer = await this.#caller.ask(path, { ...asked, headers: { ...who, ...asked.headers } })
    const kept = this.#kept
    kept.longestMs = Math.max(kept.longestMs, answer.took)
    const name = `${asked.method ?? 'GET'} ${answer.status}`
    kept.counts.set(name, (kept.counts.get(name) ?? 0) + 1)
    if (answer.status >= 200 && answer.status < 300) {
      kept.released.push({
        request: String(answer.headers['x-request-id'] ?? ''),
        records: [...answer.body.matchAll(/"id":"([0-9a-f-]{36})"/g)].map(([, id]) => id!),
        patients: [...answer.body.matchAll(/"Patient\/([0-9a-f-]{36})"/g)].map(([, id]) => id!),
      })
    }
    // An outage is not made worse by callers who ask without pause.
    if (answer.status === 0 || answer.status === 503) await new Promise((resolve) => setTimeout(resolve, 50))
    return answer
  }
}

function part(marker: string, resource: object, at: string | undefined): Attempt['parts'][number] {
  return { marker, sent: contentOf(resource), ...(at === undefined ? {} : { acknowledged: at }) }
}

/** `id/version` of each entry, from the answer to a transaction. */
function placesIn({ status, body, whole }: Answered): (string | undefined)[] {
  if (status !== 200 || !whole) return []
  const { entry } = JSON.parse(body) as { entry: { response: { location: string } }[] }
  return entry.map(({ response }) =>
    /Observation\/([0-9a-f-]{36}\/_history\/\d+)$/.exec(response.location)?.[1]?.replace('_history/', ''),
  )
}

export function person(name: string): object {
  return { resourceType: 'Patient', name: [{ family: canary, given: [name] }], birthDate: '1971-04-01' }
}

export function observation(marker: string, subject: string): object {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }], text: marker },
    subject: { reference: subject },
    effectiveDateTime: '2026-03-01T10:00:00Z',
    note: [{ text: `${marker} ${'x'.repeat(marker.length % 7)}` }],
  }
}

/** What has to come back as it was sent: all but what the server sets. */
export function contentOf(resource: unknown): string {
  if (!isObject(resource)) return ''
  return JSON.stringify(Object.entries(resource).filter(([name]) => !['id', 'meta', 'subject'].includes(name)))
}
