import { isObject } from '@chartkeep/model/fhir'
import type { AskedCode, Judgement } from '@chartkeep/model/terminology'
import { Refusal } from '#base'
import type { Answer } from '#http'
import { fhirJson } from './answers.ts'
import type { OperationParameters } from './operation-parameters.ts'

/** Throws 'parameter-invalid' for anything but true and false. */
export function booleanIn(parameters: OperationParameters, name: string): boolean | undefined {
  const text = parameters.text(name)
  if (text !== undefined && text !== 'true' && text !== 'false') throw new Refusal('parameter-invalid')
  return text === undefined ? undefined : text === 'true'
}

/** A number of codes. Throws 'parameter-invalid'. */
export function countIn(parameters: OperationParameters, name: string): number | undefined {
  const text = parameters.text(name)
  if (text !== undefined && !/^\d{1,9}$/.test(text)) throw new Refusal('parameter-invalid')
  return text === undefined ? undefined : Number(text)
}

/** A canonical with the version that was sent beside it. */
export function canonicalIn(parameters: OperationParameters, url: string, version: string): string | undefined {
  const [canonical, beside] = [parameters.text(url), parameters.text(version)]
  return canonical === undefined || beside === undefined || canonical.includes('|')
    ? canonical
    : `${canonical}|${beside}`
}

/** A Coding as it was sent. Throws 'parameter-invalid' for anything else. */
export function codingIn(value: unknown): AskedCode {
  if (!isObject(value)) throw new Refusal('parameter-invalid')
  const text = (name: string): string | undefined => {
    const one = value[name]
    if (one !== undefined && typeof one !== 'string') throw new Refusal('parameter-invalid')
    return one
  }
  const code = text('code')
  if (code === undefined) throw new Refusal('parameter-invalid')
  return { code, system: text('system'), version: text('version'), display: text('display') }
}

const mostCodings = 100

/** The codings of a CodeableConcept as it was sent. */
export function codingsIn(value: unknown): readonly AskedCode[] {
  if (!isObject(value)) throw new Refusal('parameter-invalid')
  const { coding = [] } = value
  if (!Array.isArray(coding) || coding.length > mostCodings) throw new Refusal('parameter-invalid')
  return coding.map(codingIn)
}

/** One output parameter: a value under its element's name, or parts. */
export interface Output {
  readonly name: string
  readonly [element: string]: unknown
}

export function parametersAnswer(parameter: readonly Output[]): Answer {
  return resourceAnswer({ resourceType: 'Parameters', parameter })
}

export function resourceAnswer(resource: object): Answer {
  return { status: 200, headers: { 'content-type': fhirJson }, body: JSON.stringify(resource) }
}

export function judgementAnswer({ result, message, display }: Judgement): Answer {
  return parametersAnswer([
    { name: 'result', valueBoolean: result },
    ...(message === undefined ? [] : [{ name: 'message', valueString: message }]),
    ...(display === undefined ? [] : [{ name: 'display', valueString: display }]),
  ])
}
