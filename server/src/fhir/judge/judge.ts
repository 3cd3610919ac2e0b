import { formatJson, isObject, JsonFault, parseJson, type Resource } from '@chartkeep/model/fhir'
import { type Finding, Refusal } from '#base'
import { bodyRefusal, parseBody } from '#http'
import type { Apply } from '../patch/patch.ts'
import { asResource } from '../resource-body.ts'
import { findingsOf } from './findings.ts'
import type { Job, Judgement, Refused } from './job.ts'
import { openJudgingThread, type ThreadLimits } from './judging-thread.ts'

/** A patch as it was sent, and as a function that was made of it. */
interface SentPatch {
  readonly form: 'json' | 'fhirpath'
  readonly body: unknown
  readonly apply: Apply
}

/**
 * Says what is wrong with what callers send. A small body is judged at once; what is large, or holds an expression of the
 * caller's, on a thread of its own and within a time, so that one request keeps nobody else waiting. All throw
 * 'resource-invalid' with the findings, and 'too-costly' when the time is over.
 */
export interface Judge {
  /** A value as a resource. */
  resource(value: unknown, signal?: AbortSignal): Promise<Resource>
  /** A body as a resource. A large one is read here only when it was found to be valid. Throws also as `parseBody` does. */
  body(body: Buffer, signal?: AbortSignal): Promise<Resource>
  /**
   * Of the entries of a body that is a Bundle, by place, why each that was refused was; undefined when each is still to be
   * judged by itself. Throws also as `parseBody` does.
   */
  entries(body: Buffer, signal?: AbortSignal): Promise<ReadonlyMap<number, Refusal> | undefined>
  /** What a patch makes of a resource, which may be altered. Throws also as the patch does. */
  patched(patch: SentPatch, resource: Resource): Promise<Resource>
  /** Everything that is wrong with a value, also what is only advised against. */
  findings(value: unknown, profile: string | undefined, signal?: AbortSignal): Promise<readonly Finding[]>
  close(): Promise<void>
}

export interface JudgeLimits extends ThreadLimits {
  /** Bytes of JSON that are judged at once: some 20 ms, 100 at worst. A transaction of 200 records is below it. */
  readonly smallBytes: number
}

export const defaultJudgeLimits: JudgeLimits = { smallBytes: 512 * 1024, milliseconds: 20_000, waiting: 64 }

export function openJudge(limits: JudgeLimits = defaultJudgeLimits): Judge {
  const thread = openJudgingThread(limits)
  const isSmall = (...texts: readonly Uint8Array[]): boolean =>
    texts.reduce((sum, { length }) => sum + length, 0) <= limits.smallBytes

  async function beside(job: Job, signal?: AbortSignal): Promise<Judgement> {
    const judgement = await thread.run(job, signal)
    const { unreadable } = judgement
    if (unreadable !== undefined) throw bodyRefusal(new JsonFault(unreadable.code, unreadable.position))
    if (judgement.refused !== undefined) throw asRefusal(judgement.refused)
    return judgement
  }

  return {
    async resource(value, signal) {
      const text = textOf(value)
      if (text === undefined || isSmall(text)) return asResource(value)
      await beside({ kind: 'resource', text, sent: false }, signal)
      // oxlint-disable-next-line no-unsafe-type-assertion -- validated just now, from the same text
      return value as Resource
    },
    async body(body, signal) {
      if (isSmall(body)) return asResource(parseBody(body))
      await beside({ kind: 'resource', text: body, sent: true }, signal)
      // oxlint-disable-next-line no-unsafe-type-assertion -- validated just now, from the same text
      return parseBody(body) as Resource
    },
    async entries(body, signal) {
      if (isSmall(body)) return undefined
      const { entries = new Map<number, Refused>() } = await beside({ kind: 'entries', text: body, sent: true }, signal)
      return new Map([...entries].map(([at, refused]) => [at, asRefusal(refused)]))
    },
    async patched(patch, resource) {
      const { form, body, apply } = patch
      const text = Buffer.from(formatJson(resource))
      const written = textOf(body)
      if (written === undefined || (form === 'json' && !copies(body) && isSmall(text, written)))
        return asResource(await apply(resource))
      const { made } = await beside({ kind: 'patch', text, form, patch: written })
      if (made === undefined) throw new Error('a patch makes a resource')
      // oxlint-disable-next-line no-unsafe-type-assertion -- validated by the thread
      return parseJson(made, { bytes: made.length, nodes: Number.POSITIVE_INFINITY }) as Resource
    },
    async findings(value, profile, signal) {
      const text = textOf(value)
      if (text === undefined || isSmall(text)) return findingsOf(value, profile)
      return (await beside({ kind: 'findings', text, profile }, signal)).findings ?? []
    },
    close: () => thread.close(),
  }
}

/** A JSON Patch that copies may copy what it has copied: it is short and makes much. */
function copies(patch: unknown): boolean {
  return Array.isArray(patch) && patch.some((one) => isObject(one) && one['op'] === 'copy')
}

/** Undefined for what is no object: there is little to judge. */
function textOf(value: unknown): Uint8Array | undefined {
  return isObject(value) || Array.isArray(value) ? Buffer.from(formatJson(value)) : undefined
}

function asRefusal({ code, findings }: Refused): Refusal {
  return new Refusal(code, { findings })
}
