import type { Answer } from '#http'

const contentType = { 'content-type': 'application/json; charset=utf-8' }

export function json(value: unknown, status = 200, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { ...contentType, ...headers }, body: JSON.stringify(value) }
}

/** JSON text as it was stored. */
export function jsonText(body: Buffer, status = 200): Answer {
  return { status, headers: contentType, body }
}

export const nothing: Answer = { status: 204 }
