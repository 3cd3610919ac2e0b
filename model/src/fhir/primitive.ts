// The formats of R4's primitive types (datatypes, 2.24.0.1), as published; a check says what is wrong or nothing.
import { dateRange } from './date-range.ts'

export type Fault = { readonly issue: 'value' | 'structure'; readonly text: string }
export type Check = (value: unknown) => Fault | undefined

const wrongKind = (kind: string): Fault => ({ issue: 'structure', text: `must be ${kind} in JSON` })
const wrongValue = (text: string): Fault => ({ issue: 'value', text })

const notText = wrongKind('a string')
const empty = wrongValue('must not be empty or only white space')
// R4 lets these three stand in a string, and no other character below a space.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/
const hasControl = wrongValue('holds a control character')
const mostCharacters = 1024 * 1024

function textual(value: unknown): Fault | undefined {
  if (typeof value !== 'string') return notText
  const first = value.charCodeAt(0)
  if (!(first > 0x20) && value.trim() === '') return empty
  return control.test(value) ? hasControl : undefined
}

const tooLong = wrongValue('is longer than R4 allows (1 MB)')
const text: Check = (value) =>
  textual(value) ?? (typeof value === 'string' && value.length > mostCharacters ? tooLong : undefined)

function matching(pattern: RegExp, fault: Fault): Check {
  return (value) => {
    if (typeof value !== 'string') return notText
    return pattern.test(value) ? undefined : fault
  }
}

/** Of the calendar, with as much precision as the type allows. */
function dated(pattern: RegExp, fault: Fault): Check {
  return (value) => {
    if (typeof value !== 'string') return notText
    return pattern.test(value) && dateRange(value) !== undefined ? undefined : fault
  }
}

function whole(least: number, most: number, fault: Fault): Check {
  return (value) => {
    if (typeof value !== 'number') return wrongKind('a number')
    return Number.isInteger(value) && value >= least && value <= most ? undefined : fault
  }
}

const aUri = matching(/^\S+$/, wrongValue('must be a URI: no white space'))
const largest = 2_147_483_647

/** By name of the type. */
export const primitives: Readonly<Record<string, Check>> = {
  boolean: (value) => (typeof value === 'boolean' ? undefined : wrongKind('true or false')),
  decimal: (value) => (typeof value === 'number' && Number.isFinite(value) ? undefined : wrongKind('a number')),
  integer: whole(-largest - 1, largest, wrongValue('must be a whole number of 32 bits')),
  unsignedInt: whole(0, largest, wrongValue('must be a whole number from 0')),
  positiveInt: whole(1, largest, wrongValue('must be a whole number from 1')),
  string: text,
  markdown: text,
  xhtml: textual,
  code: matching(/^[^\s]+( [^\s]+)*$/, wrongValue('must be a code: no white space but single spaces within')),
  id: matching(/^[A-Za-z0-9\-.]{1,64}$/, wrongValue('must be an id: 1 to 64 of letters, digits, - and .')),
  uri: aUri,
  url: aUri,
  canonical: aUri,
  oid: matching(/^urn:oid:[0-2](\.(0|[1-9][0-9]*))+$/, wrongValue('must be urn:oid: and an OID')),
  uuid: matching(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    wrongValue('must be urn:uuid: and a UUID in lower case'),
  ),
  base64Binary: base64,
  date: dated(/^\d{4}(-\d\d(-\d\d)?)?$/, wrongValue('must be a date: YYYY, YYYY-MM or YYYY-MM-DD')),
  dateTime: dated(
    /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?$/,
    wrongValue('must be a date, or a date with time to the second and an offset'),
  ),
  instant: dated(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    wrongValue('must be a date with time to the second and an offset'),
  ),
  time: matching(/^([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?$/, wrongValue('must be a time: hh:mm:ss')),
}

const notBase64 = wrongValue('must be base64')

function base64(value: unknown): Fault | undefined {
  if (typeof value !== 'string') return notText
  if (value === '') return empty
  const dense = /\s/.test(value) ? value.replaceAll(/\s/g, '') : value
  return dense.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(dense) ? undefined : notBase64
}
