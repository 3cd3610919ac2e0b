import { JsonFault, type JsonLimits, parseJson } from '@chartkeep/model/fhir'
import { Refusal, type RefusalCode } from '#base'

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
    if (error instanceof JsonFault) throw new Refusal(codes[error.code], { cause: error })
    throw error
  }
}
