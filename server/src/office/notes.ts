import { isObject } from '@chartkeep/model/fhir'
import type { Draft, DraftSaved } from '@chartkeep/model/office'
import { type Id, parseId } from '#base'
import { noteTypes, signNote } from '#care'
import type { Exchange, Route } from '#http'
import { findAccount } from '#identity'
import { type Fields, json, nothing, optionalTextIn, readFields, textIn, unreadable } from './body.ts'
import { grantFor, officeRoute, type OfficeParts, patientIn, personIn } from './parts.ts'

const mostText = 500_000

/** Drafts saved as they are typed, and signing. */
export function noteRoutes(parts: OfficeParts): readonly Route[] {
  const { records } = parts
  return [
    officeRoute(
      'GET',
      '/patients/:id/draft',
      'read',
      async (exchange) => {
        const found = await records.readDraft(
          grantFor(exchange, 'draft', 'DocumentReference'),
          patientIn(exchange),
          exchange.request,
        )
        return found === undefined ? nothing : json(parseDraft(JSON.parse(found.text.toString())))
      },
      ['DocumentReference'],
    ),
    officeRoute(
      'PUT',
      '/patients/:id/draft',
      'write',
      async (exchange) => {
        const grant = grantFor(exchange, 'draft', 'DocumentReference')
        const draft = parseDraft(await readFields(exchange))
        const { at } = await records.saveDraft(
          grant,
          patientIn(exchange),
          Buffer.from(JSON.stringify(draft)),
          exchange.request,
        )
        return json({ saved: new Date(at).toISOString() } satisfies DraftSaved)
      },
      ['DocumentReference'],
    ),
    officeRoute(
      'DELETE',
      '/patients/:id/draft',
      'write',
      async (exchange) => {
        await records.dropDraft(grantFor(exchange, 'draft', 'DocumentReference'), patientIn(exchange), exchange.request)
        return nothing
      },
      ['DocumentReference'],
    ),
    officeRoute('POST', '/patients/:id/notes', 'write', (exchange) => sign(parts, exchange), ['DocumentReference']),
  ]
}

async function sign(parts: OfficeParts, exchange: Exchange) {
  const { records, identity, clock } = parts
  const author = personIn(exchange)
  const create = grantFor(exchange, 'create', 'DocumentReference')
  const read = grantFor(exchange, 'read', 'DocumentReference')
  const drop = grantFor(exchange, 'draft', 'DocumentReference')
  const fields = await readFields(exchange)
  const { addendumTo, ...draft } = parseDraft(fields['draft'])
  if (exchange.session === undefined) throw unreadable('password')
  // A signature is given again each time (45 CFR 164.312(d)): an open screen signs nothing.
  await identity.checkPassword(exchange.session, textIn(fields, 'password', 1000), {
    address: exchange.address,
    workstation: exchange.workstation,
    request: exchange.request,
  })
  const account = await findAccount(identity.parts, author.tenant, author.id)
  const patient = patientIn(exchange)
  const signing = {
    patient,
    create,
    read,
    author,
    signature: account?.name ?? '',
    ...(account?.practitioner === undefined ? {} : { practitioner: account.practitioner }),
  }
  const written = await signNote(
    records,
    clock,
    signing,
    { ...draft, ...(addendumTo === undefined ? {} : { addendumTo: noteId(addendumTo) }) },
    exchange.request,
  )
  await records.dropDraft(drop, patient, exchange.request)
  return { status: 201, headers: { 'content-type': 'application/json; charset=utf-8' }, body: written.json }
}

function noteId(text: string): Id<string> {
  const id = parseId<string>(text)
  if (id === undefined) throw unreadable('addendumTo')
  return id
}

function parseDraft(value: unknown): Draft {
  if (!isObject(value)) throw unreadable('draft')
  const fields: Fields = value
  const loinc = textIn(fields, 'loinc', 20)
  if (noteTypes[loinc] === undefined) throw unreadable('loinc')
  const addendumTo = optionalTextIn(fields, 'addendumTo', 36)
  return {
    title: textIn(fields, 'title', 300),
    text: textIn(fields, 'text', mostText),
    loinc,
    ...(addendumTo === undefined ? {} : { addendumTo }),
  }
}
