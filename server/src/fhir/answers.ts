import type { Stored } from '#records'
import type { Answer } from '#http'

export const fhirJson = 'application/fhir+json; charset=utf-8'

/** Weak, as FHIR has it (R4 http, 3.1.0.1.3): the version number. */
export function etagOf(version: number): string {
  return `W/"${version}"`
}

/** The version that an If-Match or If-None-Match names, undefined for anything else. */
export function parseEtag(header: string | undefined): number | undefined {
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header?.trim() ?? '')?.[1]
  return version === undefined ? undefined : Number(version)
}

function headersOf({ version, updated }: Pick<Stored, 'version' | 'updated'>): Record<string, string> {
  return { 'content-type': fhirJson, etag: etagOf(version), 'last-modified': new Date(updated).toUTCString() }
}

/** A record as it was read; 304 when the reader has it already. */
export function readAnswer(
  stored: Stored,
  headers: { readonly 'if-none-match'?: string | undefined; readonly 'if-modified-since'?: string | undefined },
): Answer {
  const seen = parseEtag(headers['if-none-match'])
  const since = Date.parse(headers['if-modified-since'] ?? '')
  // HTTP dates have whole seconds.
  const unchanged = seen === undefined ? since >= Math.floor(stored.updated / 1000) * 1000 : seen === stored.version
  return unchanged
    ? { status: 304, headers: headersOf(stored) }
    : { status: 200, headers: headersOf(stored), body: stored.json }
}

/** What a write answers: by `Prefer: return=…` the record, nothing, or an OperationOutcome (R4 http, 3.1.0.1.8). */
export function writeAnswer(written: Stored, prefer: string | undefined, base: string): Answer {
  const headers = {
    ...headersOf(written),
    location: `${base}/${written.type}/${written.id}/_history/${written.version}`,
  }
  const status = written.version === 1 ? 201 : 200
  const wanted = returnedOf(prefer)
  if (wanted === 'minimal') return { status, headers }
  if (wanted === 'OperationOutcome') return { status, headers, body: JSON.stringify(savedOutcome) }
  return { status, headers, body: written.json }
}

export const savedOutcome = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'information', code: 'informational', diagnostics: 'The record was saved.' }],
}

export type Returned = 'minimal' | 'representation' | 'OperationOutcome'

/** What a caller wants back of what it sends, by `Prefer: return=…`. */
export function returnedOf(prefer: string | undefined): Returned | undefined {
  const text = /(?:^|[,;\s])return=(minimal|representation|OperationOutcome)\b/.exec(prefer ?? '')?.[1]
  return text === 'minimal' || text === 'representation' || text === 'OperationOutcome' ? text : undefined
}
