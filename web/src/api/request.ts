import { Failure, parseRefused, unreachable } from './failure.ts'
import { raise } from './signals.ts'

interface Sending {
  readonly body?: unknown
  /** A file as it is, instead of JSON. */
  readonly file?: Blob
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Asks and expects an answer with a body. Throws Failure. */
export async function ask<T>(method: 'GET' | 'POST' | 'PUT', address: string, sending: Sending = {}): Promise<T> {
  const response = await send(method, address, sending)
  // oxlint-disable-next-line no-unsafe-type-assertion -- our own server's answer; the contract is @chartkeep/model/office
  return (await response.json()) as T
}

/** Asks where "nothing" (204) is an answer too. */
export async function askMaybe<T>(method: 'GET', address: string, sending: Sending = {}): Promise<T | undefined> {
  const response = await send(method, address, sending)
  if (response.status === 204) return undefined
  // oxlint-disable-next-line no-unsafe-type-assertion -- as above
  return (await response.json()) as T
}

/** Tells the server something; the answer has no body that matters. */
export async function tell(method: 'POST' | 'PUT' | 'DELETE', address: string, sending: Sending = {}): Promise<void> {
  await send(method, address, sending)
}

/** The text of a stored document. */
export async function askText(address: string, signal?: AbortSignal): Promise<string> {
  const response = await send('GET', address, signal === undefined ? {} : { signal })
  return response.text()
}

async function send(method: string, address: string, { body, file, headers, signal }: Sending): Promise<Response> {
  const response = await reach(address, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    headers: {
      'X-Chartkeep': '1',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(file === undefined ? {} : { 'Content-Type': file.type || 'application/octet-stream' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(file === undefined ? {} : { body: file }),
    ...(signal === undefined ? {} : { signal }),
  })
  raise('reachable')
  if (response.ok) return response
  const refused = parseRefused(await response.json().catch(() => undefined), response.status)
  if (refused.code === 'session-locked') raise('locked')
  if (refused.code === 'not-signed-in' || refused.code === 'session-damaged') raise('signed-out')
  throw new Failure('refused', response.status, refused)
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    raise('unreachable')
    throw unreachable()
  }
}
