import type { Resource } from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import type { Route } from '#http'
import { parseStored } from '#records'
import { grantFor, idIn, officeRoute, type OfficeParts, patientIn } from './parts.ts'

/** What a browser may show within a sandbox; everything else is only downloaded. */
const shownInline = new Set(['application/pdf', 'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'text/plain'])
const mediaType = /^[a-z]+\/[a-z0-9.+-]{1,80}$/

/** Documents and images of a chart, streamed in and out. */
export function documentRoutes({ records, clock }: OfficeParts): readonly Route[] {
  return [
    officeRoute(
      'GET',
      '/patients/:id/documents/:binary',
      'stream',
      async (exchange) => {
        const patient = patientIn(exchange)
        const { stored, size, stream } = await records.openBinary(
          grantFor(exchange, 'read', 'Binary'),
          idIn(exchange.params['binary']),
          exchange.request,
        )
        if (stored.patient !== patient) {
          stream.destroy()
          throw new Refusal('not-found')
        }
        const { contentType } = parseStored(stored.json)
        const type = typeof contentType === 'string' ? contentType : 'application/octet-stream'
        const headers = {
          'content-type': shownInline.has(type) ? type : 'application/octet-stream',
          'content-length': String(size),
          'content-disposition': shownInline.has(type) ? 'inline' : 'attachment',
          // What it holds came from someone else: no script, no origin of ours.
          'content-security-policy':
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; object-src 'self'; frame-ancestors 'self'",
          'x-content-type-options': 'nosniff',
        }
        return { status: 200, headers, body: stream }
      },
      ['Binary'],
    ),
    officeRoute(
      'POST',
      '/patients/:id/documents',
      'upload',
      async (exchange) => {
        const patient = patientIn(exchange)
        const create = grantFor(exchange, 'create', 'Binary')
        const file = grantFor(exchange, 'create', 'DocumentReference')
        const given = exchange.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
        const contentType = mediaType.test(given) ? given : 'application/octet-stream'
        const binary = await records.storeBinary(
          create,
          { resourceType: 'Binary', contentType, securityContext: { reference: `Patient/${patient}` } },
          exchange.stream,
          exchange.request,
        )
        // The title is PHI ("HIV result"), so it comes in a header and not in the address, which proxies log.
        const title = decodeURIComponent(exchange.headers['x-title']?.toString() ?? '').slice(0, 300)
        const at = new Date(clock.now()).toISOString()
        const resource: Resource = {
          resourceType: 'DocumentReference',
          status: 'current',
          type: { text: title === '' ? 'Document' : title },
          description: title === '' ? 'Document' : title,
          subject: { reference: `Patient/${patient}` },
          date: at,
          content: [
            {
              attachment: {
                contentType,
                url: `Binary/${binary.id}`,
                title: title === '' ? 'Document' : title,
                creation: at,
              },
            },
          ],
        }
        const [written] = await records.write([{ kind: 'create', grant: file, resource }], exchange.request)
        return { status: 201, headers: { 'content-type': 'application/json; charset=utf-8' }, body: written?.json }
      },
      ['DocumentReference', 'Binary'],
    ),
  ]
}
