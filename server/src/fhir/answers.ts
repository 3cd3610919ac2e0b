import { parseStored, type Stored } from '#records'
import type { Answer } from '#http'
import { codeFindings } from './judge/findings.ts'
import { defaultJudgeLimits } from './judge/judge.ts'

export const fhirJson = 'application/fhir+json; charset=utf-8'

/** Weak, as FHIR has it (R4 http, 3.1.0.1.3): the version number. */
export function etagOf(version: number): string {
  return `W/"${version}"`
}

/**
 * The versions that an If-Match or If-None-Match names, or '*' (RFC 9110, 13.1); undefined when it cannot be read. Tags
 * are compared weakly. One that none of ours looks like is a version that no record has.
 */
export function parseEtags(header: string): readonly number[] | '*' | undefined {
  if (header.length > longestEtags) return undefined
  if (header.trim() === '*') return '*'
  const versions: number[] = []
  for (const part of header.split(',')) {
    const tag = part.trim()
    // A list may have empty places (RFC 9110, 5.6.1).
    if (tag === '') continue
    const [, opaque] = /^(?:W\/)?"([\x21\x23-\x7e]*)"$/.exec(tag) ?? []
    if (opaque === undefined) return undefined
    versions.push(/^\d{1,9}$/.test(opaque) ? Number(opaque) : -1)
  }
  return versions.length === 0 ? undefined : versions
}

const longestEtags = 4096

/** An answer about one record: a Bundle says to the millisecond when it was changed, a header only to the second. */
export interface RecordAnswer extends Answer {
  /** Unix ms. */
  readonly updated?: number
}

function headersOf({ version, updated }: Pick<Stored, 'version' | 'updated'>): Record<string, string> {
  return { 'content-type': fhirJson, etag: etagOf(version), 'last-modified': new Date(updated).toUTCString() }
}

/** A record as it was read; 304 when the reader has it already. */
export function readAnswer(
  stored: Stored,
  headers: { readonly 'if-none-match'?: string | undefined; readonly 'if-modified-since'?: string | undefined },
): RecordAnswer {
  const { updated } = stored
  const unchanged = isUnchanged(stored, headers['if-none-match'], headers['if-modified-since'])
  return unchanged
    ? { status: 304, headers: headersOf(stored), updated }
    : { status: 200, headers: headersOf(stored), updated, body: stored.json }
}

/**
 * RFC 9110, 13.2.2: with If-None-Match the time does not count. HTTP dates have whole seconds, so a second in which a
 * record was changed tells nothing of it, unless that was its first version.
 */
function isUnchanged(
  { version, updated }: Pick<Stored, 'version' | 'updated'>,
  ifNoneMatch: string | undefined,
  ifModifiedSince: string | undefined,
): boolean {
  if (ifNoneMatch !== undefined) {
    const seen = parseEtags(ifNoneMatch)
    return seen === '*' || (seen?.includes(version) ?? false)
  }
  const since = Date.parse(ifModifiedSince ?? '')
  return version === 1 ? since >= Math.floor(updated / 1000) * 1000 : since > updated
}

/** The record that was there already instead of a new one; programs look for where it is as after a create. */
export function matchedAnswer(stored: Stored, base: string): RecordAnswer {
  const { type, id, version, updated } = stored
  const location = `${base}/${type}/${id}/_history/${version}`
  return { status: 200, headers: { ...headersOf(stored), location }, updated, body: stored.json }
}

/** What a write answers: by `Prefer: return=…` the record, nothing, or an OperationOutcome (R4 http, 3.1.0.1.8). */
export async function writeAnswer(written: Stored, prefer: string | undefined, base: string): Promise<RecordAnswer> {
  const { updated } = written
  const headers = {
    ...headersOf(written),
    location: `${base}/${written.type}/${written.id}/_history/${written.version}`,
  }
  const status = written.version === 1 ? 201 : 200
  const wanted = returnedOf(prefer)
  if (wanted === 'minimal') return { status, headers, updated }
  if (wanted === 'OperationOutcome')
    return { status, headers, updated, body: JSON.stringify(await savedOutcome(written)) }
  return { status, headers, updated, body: written.json }
}

/** Of a record that was saved: that it was, and what is doubtful about its codes and units (R4 http, 3.1.0.1.8). */
export async function savedOutcome({ json, deleted }: Pick<Stored, 'json' | 'deleted'>): Promise<object> {
  // A large one is asked about with $validate, beside the thread that answers.
  const looksAt = !deleted && json.length <= defaultJudgeLimits.smallBytes
  const findings = looksAt ? await codeFindings(parseStored(json)) : []
  const issue = findings.map(({ severity, issue: code, text, expression }) => ({
    ...{ severity, code, details: { text }, diagnostics: text, expression: [expression] },
  }))
  const saved = { severity: 'information', code: 'informational', diagnostics: 'The record was saved.' }
  return { resourceType: 'OperationOutcome', issue: [saved, ...issue] }
}

export type Returned = 'minimal' | 'representation' | 'OperationOutcome'

/** What a caller wants back of what it sends, by `Prefer: return=…`. */
export function returnedOf(prefer: string | undefined): Returned | undefined {
  const text = /(?:^|[,;\s])return=(minimal|representation|OperationOutcome)\b/.exec(prefer ?? '')?.[1]
  return text === 'minimal' || text === 'representation' || text === 'OperationOutcome' ? text : undefined
}
