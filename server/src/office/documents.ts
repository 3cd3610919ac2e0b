import type { ResourceOf } from '@chartkeep/model/types'
import type { Id } from '#base'
import type { Answer, Exchange, Route } from '#http'
import { findAccount } from '#identity'
import { grantFor } from '#policy'
import { parseStored, type Stored } from '#records'
import { jsonText } from './answers.ts'
import { forPatientHere, idIn, patientIn, personIn } from './asking.ts'
import { unreadable } from './body.ts'
import { text } from './elements.ts'
import type { OfficeParts } from './parts.ts'
import { officeRoute } from './route.ts'

/** What a browser may show in its place; everything else, HTML and SVG above all, is only downloaded. */
const shown = new Set(['application/pdf', 'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'text/plain'])
const unknownType = 'application/octet-stream'
const mediaType = /^[a-z]+\/[a-z0-9.+-]{1,80}$/
const mostTitle = 300

/** Documents and images of a chart, streamed in and out. */
export function documentRoutes(parts: OfficeParts): readonly Route[] {
  return [
    officeRoute({
      method: 'GET',
      path: '/patients/:id/documents/:binary',
      class: 'stream',
      types: ['Binary'],
      handle: (exchange) => sendDocument(parts, exchange),
    }),
    officeRoute({
      method: 'POST',
      path: '/patients/:id/documents',
      class: 'upload',
      types: ['DocumentReference', 'Binary'],
      handle: async (exchange) => jsonText((await storeDocument(parts, exchange)).json, 201),
    }),
  ]
}

async function sendDocument({ records }: OfficeParts, exchange: Exchange): Promise<Answer> {
  const grant = grantFor(exchange, 'read', 'Binary', patientIn(exchange))
  const { stored, size, read } = await records.openBinary(grant, idIn(exchange.params['binary']), exchange.request)
  const type = plainType(text(parseStored(stored.json)['contentType']))
  const headers = {
    'content-type': !shown.has(type) ? unknownType : type === 'text/plain' ? 'text/plain; charset=utf-8' : type,
    'content-length': String(size),
    'content-disposition': shown.has(type) ? 'inline' : 'attachment',
    'content-security-policy': contentPolicy(type),
    'x-content-type-options': 'nosniff',
  }
  return { status: 200, headers, body: read() }
}

/**
 * What a document holds came from someone else: no script, nothing of our origin, nothing fetched. A PDF is shown by the
 * browser's own viewer, which has a process and an origin of its own; sandboxed, Safari shows an empty page instead.
 */
function contentPolicy(type: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
  return type === 'application/pdf' ? `${policy}; object-src 'self'` : `sandbox; ${policy}`
}

async function storeDocument({ records, identity, clock }: OfficeParts, exchange: Exchange): Promise<Stored> {
  const patient = patientIn(exchange)
  const create = grantFor(exchange, 'create', 'Binary')
  const file = grantFor(exchange, 'create', 'DocumentReference')
  const contentType = plainType(exchange.headers['content-type'])
  const title = titleIn(exchange)
  const { headers, stream, request } = exchange
  if (headers['content-length'] === '0' || (headers['content-length'] ?? headers['transfer-encoding']) === undefined)
    throw unreadable('file', 'is empty.')
  const content = { resourceType: 'Binary', contentType, securityContext: { reference: `Patient/${patient}` } } as const
  const binary = await forPatientHere(records.storeBinary(create, content, stream, request))
  const { tenant, id } = personIn(exchange)
  const author = (await findAccount(identity.parts, tenant, id))?.name ?? ''
  const resource = describe({ patient, contentType, title, author, binary: binary.id, at: clock.now() })
  const [written] = await records.write([{ kind: 'create', grant: file, resource }], request)
  if (written === undefined) throw new Error('a create answers what it made')
  return written
}

/** The title is health information ("HIV result"), so it comes in a header and not in the address, which proxies log. */
function titleIn({ headers }: Exchange): string {
  try {
    const title = decodeURIComponent(headers['x-title']?.toString() ?? '').trim()
    if (title.length > mostTitle || /\p{Cc}/u.test(title)) throw unreadable('title')
    return title === '' ? 'Document' : title
  } catch (error) {
    throw error instanceof URIError ? unreadable('title') : error
  }
}

function plainType(given: string | undefined): string {
  const type = given?.split(';')[0]?.trim().toLowerCase() ?? ''
  return mediaType.test(type) ? type : unknownType
}

interface Described {
  readonly patient: Id<'patient'>
  readonly contentType: string
  readonly title: string
  readonly author: string
  readonly binary: Id<string>
  readonly at: number
}

function describe({ patient, contentType, title, author, binary, at }: Described): ResourceOf<'DocumentReference'> {
  const creation = new Date(at).toISOString()
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    type: { text: 'Document' },
    description: title,
    subject: { reference: `Patient/${patient}` },
    date: creation,
    author: [{ display: author }],
    content: [{ attachment: { contentType, url: `Binary/${binary}`, title, creation } }],
  }
}
