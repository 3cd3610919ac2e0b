import type { IncomingMessage } from 'node:http'
import { type Readable, Transform } from 'node:stream'
import { Refusal } from '#base'

/** Bytes of bodies held in memory at once, over all requests, so that many large ones cannot exhaust it together. */
export class Held {
  #bytes = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  take(bytes: number): void {
    if (this.#bytes + bytes > this.#limit) throw new Refusal('rate-limited')
    this.#bytes += bytes
  }

  release(bytes: number): void {
    this.#bytes -= bytes
  }

  get bytes(): number {
    return this.#bytes
  }
}

export function hasBody(incoming: IncomingMessage): boolean {
  const length = incoming.headers['content-length']
  return (length !== undefined && length !== '0') || incoming.headers['transfer-encoding'] !== undefined
}

/** The whole body. `onHeld` learns how many bytes of `held` were taken, to give them back when the request is over. */
export function readBody(
  incoming: IncomingMessage,
  limit: number,
  held: Held,
  onHeld: (bytes: number) => void,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const stop = (refusal: unknown) => {
      incoming.off('data', take).off('end', finish).off('close', breakOff).off('error', breakOff)
      incoming.pause()
      reject(refusal instanceof Error ? refusal : new Refusal('body-malformed'))
    }
    const take = (chunk: Buffer) => {
      length += chunk.length
      try {
        if (length > limit) throw new Refusal('too-large')
        held.take(chunk.length)
      } catch (refusal) {
        stop(refusal)
        return
      }
      onHeld(chunk.length)
      chunks.push(chunk)
    }
    const finish = () => {
      incoming.off('close', breakOff).off('error', breakOff)
      const [only] = chunks
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length))
      // The request keeps what listened to it until it is over; it need not keep the body twice.
      chunks.length = 0
    }
    const breakOff = () => stop(new Refusal('body-malformed'))
    if (incoming.destroyed) breakOff()
    else incoming.on('data', take).on('end', finish).on('close', breakOff).on('error', breakOff)
  })
}

/** The body as it arrives; fails with 'too-large' past the limit, 'body-malformed' when it breaks off. */
export function streamBody(incoming: IncomingMessage, limit: number): Readable {
  let length = 0
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length
      if (length > limit) done(new Refusal('too-large'))
      else done(null, chunk)
    },
  })
  // Not `pipeline(incoming, limited)`: that destroys the connection, and with it the answer that says why.
  incoming.on('error', () => limited.destroy(new Refusal('body-malformed')))
  incoming.on('close', () => {
    if (!incoming.complete) limited.destroy(new Refusal('body-malformed'))
  })
  limited.on('error', () => incoming.unpipe(limited))
  return incoming.pipe(limited)
}
