import type { Refused } from '@chartkeep/model/office'
import { refusals } from '#base'
import type { Exchange } from '#http'
import type { Refusing } from './entries.ts'

/** A refusal of part of an answer, as the page shows it where the part would be. */
export function reasonOf({ code, rule, remedy }: Refusing, { request }: Exchange): Refused {
  return { code, text: refusals[code].text, rule, remedy, reference: request }
}
