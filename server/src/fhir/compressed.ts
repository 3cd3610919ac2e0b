import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Answer, Exchange } from '#http'
import { fhirJson } from './answers.ts'

const zipped = promisify(gzip)
const fewestBytes = 4096

/**
 * An answer to a program's question, compressed when it takes that (RFC 9110, 12.5.3). Not to a browser: it sends its
 * cookie with requests that somebody else may have made up, who could learn what an answer holds from how well their own
 * words in it compress (BREACH). A program's token goes with its own requests alone. What is written is not echoed so
 * either.
 */
export async function compressedFor(exchange: Exchange, answer: Answer): Promise<Answer> {
  return exchange.session === undefined && exchange.actor.kind === 'client' ? compressed(exchange, answer) : answer
}

/** For what everyone may read and nobody's words are in. */
export async function compressed({ headers }: Pick<Exchange, 'headers'>, answer: Answer): Promise<Answer> {
  const { body, status } = answer
  if (body === undefined || body instanceof Readable || body.length < fewestBytes || status !== 200) return answer
  const type = answer.headers?.['content-type']
  if (type !== fhirJson && type !== 'application/json; charset=utf-8') return answer
  const described = { ...answer.headers, vary: 'accept-encoding' }
  const accepted = headers['accept-encoding']
  if (typeof accepted !== 'string' || !takesGzip(accepted)) return { ...answer, headers: described }
  const bytes = await zipped(body, { level: constants.Z_BEST_SPEED })
  return { ...answer, headers: { ...described, 'content-encoding': 'gzip' }, body: bytes }
}

function takesGzip(accepted: string): boolean {
  return accepted.split(',').some((one) => {
    const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase())
    return ['gzip', 'x-gzip', '*'].includes(name) && !parameters.some((part) => /^q=0(\.0*)?$/.test(part))
  })
}
