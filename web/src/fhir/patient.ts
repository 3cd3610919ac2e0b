import type { FhirRecord } from '@chartkeep/model/office'
import { at, codeText, list, present, text } from './read.ts'

export interface PatientDetails {
  readonly names: readonly { readonly text: string; readonly use: string }[]
  readonly phones: readonly { readonly text: string; readonly use: string }[]
  readonly emails: readonly string[]
  readonly addresses: readonly { readonly lines: readonly string[]; readonly use: string }[]
  readonly languages: readonly string[]
  readonly identifiers: readonly { readonly label: string; readonly value: string }[]
  readonly contacts: readonly { readonly name: string; readonly relationship: string; readonly phone: string }[]
  readonly maritalStatus?: string
  readonly race?: string
  readonly ethnicity?: string
  readonly genderIdentity?: string
}

const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition/'

export function readPatient(record: FhirRecord): PatientDetails {
  const telecoms = list(record, 'telecom')
  const of = (system: string) => telecoms.filter((telecom) => text(telecom, 'system') === system)
  return {
    names: list(record, 'name').map((name) => ({ text: humanName(name), use: text(name, 'use') ?? '' })),
    phones: of('phone').flatMap((phone) => lined(text(phone, 'value'), text(phone, 'use'))),
    emails: of('email').flatMap((email) => text(email, 'value') ?? []),
    addresses: list(record, 'address').map((address) => ({
      lines: addressLines(address),
      use: text(address, 'use') ?? '',
    })),
    languages: list(record, 'communication').flatMap((one) => {
      const language = codeText(at(one, 'language'))
      return language === undefined ? [] : [at(one, 'preferred') === true ? `${language} (preferred)` : language]
    }),
    identifiers: list(record, 'identifier').flatMap((identifier) => {
      const value = text(identifier, 'value')
      return value === undefined
        ? []
        : [{ label: codeText(at(identifier, 'type')) ?? systemName(text(identifier, 'system')), value }]
    }),
    contacts: list(record, 'contact').map((contact) => ({
      name: humanName(at(contact, 'name')),
      relationship: list(contact, 'relationship')
        .flatMap((one) => codeText(one) ?? [])
        .join(', '),
      phone: text(contact, 'telecom', 0, 'value') ?? '',
    })),
    ...present({
      maritalStatus: maritalWords(at(record, 'maritalStatus')),
      race: extensionText(record, `${usCore}us-core-race`),
      ethnicity: extensionText(record, `${usCore}us-core-ethnicity`),
      genderIdentity: codeText(at(extension(record, `${usCore}us-core-genderIdentity`), 'valueCodeableConcept')),
    }),
  }
}

/** A RelatedPerson as a line of contacts. */
export function readRelated(record: FhirRecord): PatientDetails['contacts'][number] {
  return {
    name: humanName(at(record, 'name', 0)),
    relationship: list(record, 'relationship')
      .flatMap((one) => codeText(one) ?? [])
      .join(', '),
    phone: text(record, 'telecom', 0, 'value') ?? '',
  }
}

/** `Family, Given Middle` */
export function humanName(name: unknown): string {
  const family = text(name, 'family') ?? ''
  const given = list(name, 'given')
    .filter((part) => typeof part === 'string')
    .join(' ')
  const joined = [family, given].filter((part) => part !== '').join(', ')
  return joined === '' ? (text(name, 'text') ?? '') : joined
}

export function addressLines(address: unknown): readonly string[] {
  const street = list(address, 'line').filter((line) => typeof line === 'string')
  const place = [text(address, 'city'), text(address, 'state'), text(address, 'postalCode')]
    .filter((part) => part !== undefined)
    .join(' ')
  const lines = [...street, place, text(address, 'country') ?? ''].filter((line) => line !== '')
  return lines.length > 0 ? lines : [text(address, 'text') ?? '']
}

function lined(value: string | undefined, use: string | undefined): readonly { text: string; use: string }[] {
  return value === undefined ? [] : [{ text: value, use: use ?? '' }]
}

function systemName(system: string | undefined): string {
  if (system === 'http://hl7.org/fhir/sid/us-ssn') return 'Social security number'
  return 'Identifier'
}

function extension(record: FhirRecord, url: string): unknown {
  return list(record, 'extension').find((one) => text(one, 'url') === url)
}

/** US Core race and ethnicity carry their words in an inner extension called `text`. */
function extensionText(record: FhirRecord, url: string): string | undefined {
  const inner = list(extension(record, url), 'extension').find((one) => text(one, 'url') === 'text')
  return text(inner, 'valueString')
}

const marital: Record<string, string> = {
  A: 'Annulled',
  D: 'Divorced',
  L: 'Legally separated',
  M: 'Married',
  S: 'Never married',
  T: 'Domestic partner',
  U: 'Unmarried',
  W: 'Widowed',
}

/** v3-MaritalStatus: some senders write the letter alone. */
function maritalWords(concept: unknown): string | undefined {
  const said = codeText(concept)
  return said === undefined ? undefined : (marital[said] ?? said)
}
