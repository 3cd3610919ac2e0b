import { isObject, parseJson } from '@chartkeep/model/fhir'
import { type Finding, Refusal } from '#base'
import type { Answer, Exchange } from '#http'

const limits = { bytes: 4 * 1024 * 1024, depth: 16, nodes: 10_000 }

export type Fields = Readonly<Record<string, unknown>>

/** The JSON object of a body. Throws 'body-malformed' and repeats nothing of it. */
export async function readFields(exchange: Exchange): Promise<Fields> {
  let value: unknown
  try {
    value = parseJson(await exchange.body(), limits)
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal('body-malformed', { cause: error })
  }
  if (!isObject(value)) throw unreadable('$this')
  return value
}

/** A text field of at most `most` characters. */
export function textIn(fields: Fields, name: string, most: number): string {
  const value = fields[name]
  if (typeof value !== 'string' || value.length > most) throw unreadable(name)
  return value
}

export function optionalTextIn(fields: Fields, name: string, most: number): string | undefined {
  return fields[name] === undefined ? undefined : textIn(fields, name, most)
}

export function textsIn(fields: Fields, name: string, most: number): string[] {
  const value = fields[name]
  if (!Array.isArray(value) || value.length > most) throw unreadable(name)
  return value.map((one: unknown) => (typeof one === 'string' ? one : unreadableNow(name)))
}

export function unreadable(expression: string): Refusal {
  const finding: Finding = { expression, issue: 'value', text: 'This field is missing or is not as expected.' }
  return new Refusal('body-malformed', { findings: [finding] })
}

function unreadableNow(name: string): never {
  throw unreadable(name)
}

export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  }
}

export const nothing: Answer = { status: 204 }
