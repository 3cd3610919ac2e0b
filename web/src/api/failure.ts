import type { Refused } from '@chartkeep/model/office'

/** Why a request brought nothing: the server said no (`refused`), or was not reached (`offline`). */
export class Failure extends Error {
  readonly kind: 'refused' | 'offline'
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  readonly refused: Refused

  constructor(kind: 'refused' | 'offline', status: number, refused: Refused) {
    super(refused.text)
    this.name = 'Failure'
    this.kind = kind
    this.status = status
    this.refused = refused
  }

  get code(): string {
    return this.refused.code
  }
}

export function unreachable(): Failure {
  return new Failure('offline', 0, {
    code: 'offline',
    text: 'The server was not reached.',
    remedy: 'Nothing was lost. This page tries again by itself.',
    reference: '',
  })
}

/** Any thrown thing → Failure, so that a page has one way to show what went wrong. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  return new Failure('refused', 0, {
    code: 'page-fault',
    text: 'This page met a fault of its own.',
    remedy: 'Load the page again. What you saved is safe on the server.',
    reference: '',
  })
}

/** The body of an answer that is not 2xx → what was refused, also when it is not in the form we know. */
export function parseRefused(body: unknown, status: number): Refused {
  if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string') {
    const words = (name: string): string | undefined => {
      const value: unknown = Object.entries(body).find(([key]) => key === name)?.[1]
      return typeof value === 'string' && value !== '' ? value : undefined
    }
    const rule = words('rule')
    const remedy = words('remedy')
    return {
      code: body.code,
      text: words('text') ?? 'The server declined this.',
      ...(rule === undefined ? {} : { rule }),
      ...(remedy === undefined ? {} : { remedy }),
      reference: words('reference') ?? '',
    }
  }
  return {
    code: 'internal',
    text: `The server answered with status ${status} and no reason.`,
    remedy: 'Try again. If it stays, tell your administrator the time.',
    reference: '',
  }
}

/** Worth trying again without anyone changing anything. */
export function isTransient(failure: Failure): boolean {
  return failure.kind === 'offline' || failure.status === 503
}
