import { isObject } from '@chartkeep/model/fhir'
import type { Draft, DraftSaved } from '@chartkeep/model/office'
import { type Id, parseId, Refusal } from '#base'
import { noteTypes, signNote } from '#care'
import type { Answer, Exchange, Route } from '#http'
import { findAccount } from '#identity'
import { grantFor } from '#policy'
import { json, jsonText, nothing } from './answers.ts'
import { forPatientHere, fromOf, patientIn, personIn, presenceIn } from './asking.ts'
import { type Fields, optionalTextIn, readFields, textIn, unreadable } from './body.ts'
import { present } from './elements.ts'
import type { OfficeParts } from './parts.ts'
import { officeRoute } from './route.ts'

const mostTitle = 300
const mostText = 500_000
const mostPassword = 1000
const type = 'DocumentReference'

/** Drafts saved as they are typed, and signing. */
export function noteRoutes(parts: OfficeParts): readonly Route[] {
  const { records } = parts
  const draftRoute = (method: Route['method'], routeClass: Route['class'], handle: Route['handle']): Route =>
    officeRoute({ method, path: '/patients/:id/draft', class: routeClass, types: [type], action: 'draft', handle })
  return [
    draftRoute('GET', 'read', async (exchange) => {
      const grant = grantFor(exchange, 'draft', type)
      const found = await records.readDraft(grant, patientIn(exchange), exchange.request)
      return found === undefined ? nothing : json(parseDraft(JSON.parse(found.text.toString())))
    }),
    draftRoute('PUT', 'write', async (exchange) => {
      const grant = grantFor(exchange, 'draft', type)
      const text = Buffer.from(JSON.stringify(parseDraft(await readFields(exchange))))
      const { at } = await records.saveDraft(grant, patientIn(exchange), text, exchange.request)
      return json({ saved: new Date(at).toISOString() } satisfies DraftSaved)
    }),
    draftRoute('DELETE', 'write', async (exchange) => {
      await records.dropDraft(grantFor(exchange, 'draft', type), patientIn(exchange), exchange.request)
      return nothing
    }),
    officeRoute({
      method: 'POST',
      path: '/patients/:id/notes',
      class: 'write',
      types: [type],
      handle: (exchange) => sign(parts, exchange),
    }),
  ]
}

async function sign(parts: OfficeParts, exchange: Exchange): Promise<Answer> {
  const { records, identity, clock } = parts
  const { request } = exchange
  const author = personIn(exchange)
  const patient = patientIn(exchange)
  const grant = grantFor(exchange, 'sign', type)
  const read = grantFor(exchange, 'read', type, patient)
  const drop = grantFor(exchange, 'draft', type)
  const fields = await readFields(exchange)
  const { addendumTo, ...draft } = parseDraft(fields['draft'])
  const note = { ...draft, ...present({ addendumTo: addendumTo === undefined ? undefined : noteId(addendumTo) }) }
  // A signature is given again each time (45 CFR 164.312(d)): an open screen signs nothing.
  await identity.checkPassword(presenceIn(exchange), textIn(fields, 'password', mostPassword), fromOf(exchange))
  const account = await findAccount(identity.parts, author.tenant, author.id)
  const signature = { name: account?.name ?? '', ...present({ practitioner: account?.practitioner }) }
  const written = await forPatientHere(
    signNote(records, clock, { patient, sign: grant, read, signature, request }, note),
  )
  // The note stands. That its draft could not be dropped must not have it signed once more.
  await records.dropDraft(drop, patient, request).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error
  })
  return jsonText(written.json, 201)
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
  if (!Object.hasOwn(noteTypes, loinc)) throw unreadable('loinc')
  return {
    title: textIn(fields, 'title', mostTitle),
    text: textIn(fields, 'text', mostText),
    loinc,
    ...present({ addendumTo: optionalTextIn(fields, 'addendumTo', 36) }),
  }
}
