import { coding, concept, loincSystem } from '../../synthetic/resource.ts'
import * as words from '../words/index.ts'
import { core, meta, named, period, ref, type Shape, someone, text, time } from './parts.ts'

export function* reports(): Generator<Shape> {
  for (const panel of words.panelsElsewhere) {
    const results = words.measurements.map(([code]) => ({ ...ref('Observation'), display: code[1] }))
    for (let at = 0; at + 4 < results.length; at += 3) {
      yield {
        weight: 1,
        resource: {
          resourceType: 'DiagnosticReport',
          id: someone,
          meta: meta(`${core}diagnosticreport-lab`),
          status: 'final',
          category: [concept('v2-0074', 'LAB', 'Laboratory')],
          code: text(loincSystem, panel),
          subject: ref('Patient'),
          encounter: ref('Encounter'),
          effectiveDateTime: time,
          issued: time,
          performer: [named('Organization')],
          result: results.slice(at, at + 4),
        },
      }
    }
  }
  const kinds = ['34117-2', '51847-2'].flatMap((wanted) => words.panelsElsewhere.filter(([code]) => code === wanted))
  const type = { coding: kinds.map((kind) => coding(loincSystem, kind)) }
  yield {
    weight: 120,
    resource: {
      resourceType: 'DiagnosticReport',
      id: someone,
      meta: meta(`${core}diagnosticreport-note`),
      status: 'final',
      category: [type],
      code: type,
      subject: ref('Patient'),
      encounter: ref('Encounter'),
      effectiveDateTime: time,
      issued: time,
      performer: [named('Practitioner')],
      presentedForm: [{ contentType: 'text/plain; charset=utf-8', data: someone }],
    },
  }
  for (const status of ['current', 'superseded']) {
    yield {
      weight: 400,
      resource: {
        resourceType: 'DocumentReference',
        id: someone,
        meta: meta(`${core}documentreference`),
        identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:uuid:x' }],
        status,
        type,
        category: [
          {
            coding: [
              {
                system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
                code: 'clinical-note',
                display: 'Clinical Note',
              },
            ],
          },
        ],
        subject: ref('Patient'),
        date: time,
        author: [named('Practitioner')],
        custodian: named('Organization'),
        content: [
          {
            attachment: { contentType: 'text/plain; charset=utf-8', data: someone },
            format: {
              system: 'http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem',
              code: 'urn:ihe:iti:xds:2017:mimeTypeSufficient',
              display: 'mimeType Sufficient',
            },
          },
        ],
        context: { encounter: [ref('Encounter')], period },
      },
    }
  }
}
