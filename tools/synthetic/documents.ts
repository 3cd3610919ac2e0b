import { crc32, deflateSync } from 'node:zlib'
import { dayOf } from './calendar.ts'
import { bare, type Chart, type Visit } from './chart.ts'
import { type Code, loinc, profile } from './resource.ts'

/** A page with a few lines in Helvetica (PDF 1.4), small enough to read in a debugger. */
function makePdf(lines: readonly string[]): Buffer {
  const safe = lines.map((line) => line.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/[\\()]/g, '\\$&'))
  const text = `BT /F1 11 Tf 60 780 Td 16 TL ${safe.map((line) => `(${line}) Tj T*`).join(' ')} ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let body = '%PDF-1.4\n'
  const offsets = objects.map((object, at) => {
    const offset = body.length
    body += `${at + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const count = objects.length + 1
  return Buffer.from(
    `${body}xref\n0 ${count}\n0000000000 65535 f \n${table}trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`,
    'latin1',
  )
}

/** A grey picture of `size` pixels square, as a scanner might send it: a disc whose place depends on `seed`. */
function makePng(size: number, seed: number): Buffer {
  const rows = Buffer.alloc(size * (size + 1))
  const [cx, cy, radius] = [size * (0.35 + (seed % 7) / 24), size * (0.4 + (seed % 5) / 25), size * 0.26]
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const inside = (x - cx) ** 2 + (y - cy) ** 2 < radius ** 2
      rows[y * (size + 1) + 1 + x] = inside ? 96 + ((x + y) % 48) : 224 - ((x * y) % 16)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header[8] = 8
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    // Stored blocks: compressed bytes may differ between versions of zlib, and the same seed must give the same bytes.
    chunk('IDAT', deflateSync(rows, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

const consent: Code = ['59284-0', 'Consent Document']
const referral: Code = ['57133-1', 'Referral note']
const photograph: Code = ['72170-4', 'Photographic image']

/** A letter, a form or a photograph: a Binary, and the DocumentReference that says what it is. */
export function addDocument(chart: Chart, visit: Visit, kind: 'consent' | 'referral' | 'photograph'): void {
  const day = chart.day(dayOf(visit.start))
  const about = [`Patient: ${chart.patient.display}`, `MRN ${chart.person.mrn}`, `Date: ${day}`, '']
  const [type, title, lines]: readonly [Code, string, readonly string[]] = {
    consent: [
      consent,
      'Consent to treatment',
      [
        'Consent to treatment',
        ...about,
        'I agree to examination and treatment at this practice.',
        'Signed on paper and scanned at the front desk.',
      ],
    ] as const,
    referral: [
      referral,
      'Letter from the specialist',
      [
        'Letter from the specialist',
        ...about,
        'Thank you for referring this patient.',
        'We found nothing that needs treatment by us and return the patient to your care.',
      ],
    ] as const,
    photograph: [photograph, 'Photograph of the skin', []] as const,
  }[kind]
  const content = kind === 'photograph' ? makePng(48, chart.person.index) : makePdf(lines)
  const contentType = kind === 'photograph' ? 'image/png' : 'application/pdf'
  const binary = chart.add({
    resourceType: 'Binary',
    contentType,
    securityContext: bare(chart.patient),
    data: content.toString('base64'),
  })
  const at = chart.time(visit.start + 28)
  chart.add({
    resourceType: 'DocumentReference',
    meta: profile('documentreference'),
    status: 'current',
    docStatus: 'final',
    type: loinc(type),
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
    subject: bare(chart.patient),
    date: at,
    author: [{ reference: visit.nurse.ref, display: visit.nurse.display }],
    custodian: { reference: chart.practice.organization.ref, display: chart.practice.organization.display },
    content: [{ attachment: { contentType, url: binary.ref, size: content.length, title, creation: at } }],
    context: { encounter: [bare(visit.encounter)] },
  })
}
