import { Secret as OtpSecret, TOTP } from 'otpauth'
import { expect } from 'vitest'
import type { Got, Rig } from './http-rig.ts'

/** What an answer says, to be walked into; texts and numbers are looked at by what is expected of them. */
export interface Json {
  readonly [name: string]: Json
}

export type Reply = Got & { readonly json: Json }

export function reply(got: Got): Reply {
  return { ...got, json: got.text.startsWith('{') ? (JSON.parse(got.text) as Json) : {} }
}

export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? (value as Json[]) : []
}

/** What an authenticator shows for this secret now. */
export function codeOf(secret: string): string {
  return new TOTP({ secret: OtpSecret.fromBase32(secret) }).generate()
}

/** Someone at a screen: a cookie jar, and the headers that the web app sends. */
export interface Desk {
  readonly id: string
  readonly user: string
  readonly name: string
  readonly password: string
  /** Shown once, when the second factor was enrolled. */
  readonly recoveryCodes: readonly string[]
  /** The Cookie header that the browser would send now. */
  cookie(): string
  /** A request below /office; a Buffer is sent as a file. */
  office(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** A request below /fhir/R4 with the session of this screen. */
  fhir(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
}

export interface Person {
  readonly id: string
  readonly user: string
  readonly name: string
  readonly password: string
}

/** A browser in which nobody is signed in yet. */
export function openBrowser(rig: Rig): Pick<Desk, 'cookie' | 'office' | 'fhir'> {
  const jar = new Map<string, string>()
  const cookie = (): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')

  async function send(path: string, method: string, type: string, body: unknown, more: Record<string, string>) {
    const headers = {
      ...(jar.size === 0 ? {} : { cookie: cookie() }),
      'x-chartkeep': '1',
      'sec-fetch-site': 'same-origin',
      ...(body === undefined ? {} : { 'content-type': type }),
      ...more,
    }
    const bytes = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    const got = await rig.ask(path, { method, headers, ...(bytes === undefined ? {} : { body: bytes }) })
    keep(jar, got)
    return reply(got)
  }

  return {
    cookie,
    office: (method, path, body, headers = {}) => send(`/office${path}`, method, 'application/json', body, headers),
    fhir: (method, path, body, headers = {}) => send(`/fhir/R4${path}`, method, 'application/fhir+json', body, headers),
  }
}

function keep(jar: Map<string, string>, { headers }: Got): void {
  for (const line of headers['set-cookie'] ?? []) {
    const [, name = '', value = '', rest = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? []
    if (/Max-Age=0/.test(rest)) jar.delete(name)
    else jar.set(name, value)
  }
}

/** Signs in through both steps, enrolling the second factor on the way. */
export async function openDesk(rig: Rig, person: Person): Promise<Desk> {
  const browser = openBrowser(rig)
  const first = await browser.office('POST', '/sign-in', { user: person.user, password: person.password })
  expect(first.json, first.text).toMatchObject({ step: 'enrol' })
  const second = await browser.office('POST', '/sign-in/code', { code: codeOf(String(first.json['secret'])) })
  expect(second.status, second.text).toBe(200)
  return { ...person, ...browser, recoveryCodes: listOf(second.json['recoveryCodes']).map(String) }
}
