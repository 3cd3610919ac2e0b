import { JsonFault, type JsonLimits, parseJson } from '@chartkeep/model/fhir'
import { Refusal, type RefusalCode, refusals } from '#base'

const codes = {
  malformed: 'body-malformed',
  'too-deep': 'body-too-deep',
  'duplicate-key': 'body-duplicate-key',
  'too-large': 'too-large',
} as const satisfies Record<string, RefusalCode>

/** The JSON value of a body, strictly read. Throws a Refusal that says what is wrong and repeats nothing of it. */
export function parseBody(body: Buffer, limits?: Partial<JsonLimits>): unknown {
  try {
    return parseJson(body, limits)
  } catch (error) {
    if (error instanceof JsonFault) throw bodyRefusal(error)
    throw error
  }
}

/** Why a body cannot be read. */
export function bodyRefusal(fault: JsonFault): Refusal {
  const code = codes[fault.code]
  const text = `The fault is at byte ${fault.position} of the body.`
  return new Refusal(code, { cause: fault, findings: [{ expression: '$this', issue: refusals[code].issue, text }] })
}
