import { isObject } from '@chartkeep/model/fhir'
import { type Finding, Refusal } from '#base'
import { type Exchange, parseBody } from '#http'

const limits = { bytes: 4 * 1024 * 1024, depth: 16, nodes: 10_000 }

export type Fields = Readonly<Record<string, unknown>>

/** The JSON object of a body. Throws 'body-malformed' and the like, and repeats nothing of it. */
export async function readFields(exchange: Exchange): Promise<Fields> {
  const value = parseBody(await exchange.body(), limits)
  if (!isObject(value)) throw unreadable('$this')
  return value
}

/** A text field of at most `most` characters. Throws 'input-invalid', as the others here do. */
export function textIn(fields: Fields, name: string, most: number): string {
  const value = fields[name]
  if (typeof value !== 'string' || value.length > most) throw unreadable(name)
  return value
}

export function optionalTextIn(fields: Fields, name: string, most: number): string | undefined {
  return fields[name] === undefined ? undefined : textIn(fields, name, most)
}

/** At most `most` texts of at most 100 characters. */
export function textsIn(fields: Fields, name: string, most: number): string[] {
  const value = fields[name]
  if (!Array.isArray(value) || value.length > most) throw unreadable(name)
  return value.map((one: unknown) => textIn({ [name]: one }, name, 100))
}

/** A whole number within these bounds, or the one that stands for a field left out. */
export function countIn(fields: Fields, name: string, bounds: { least: number; most: number; usual: number }): number {
  const { [name]: value = bounds.usual } = fields
  if (typeof value !== 'number' || !Number.isInteger(value)) throw unreadable(name)
  if (value < bounds.least || value > bounds.most) throw unreadable(name)
  return value
}

export function unreadable(expression: string, text = 'is missing or is not as expected.'): Refusal {
  const finding: Finding = { expression, issue: 'value', text: `"${expression}" ${text}` }
  return new Refusal('input-invalid', { findings: [finding] })
}
