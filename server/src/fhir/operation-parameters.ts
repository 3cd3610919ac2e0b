import { isObject } from '@chartkeep/model/fhir'
import { type Finding, parameterFinding, Refusal, refuseParameter } from '#base'
import { type Exchange, parseBody } from '#http'

/** One parameter as it was sent: a value, a resource, or parts. */
export interface OperationParameter {
  readonly name: string
  /** Text from the address; from a body the JSON of `value[x]`. */
  readonly value: unknown
  readonly resource: unknown
  readonly parts: readonly OperationParameter[]
}

/** What an operation is asked with, from the address and from a body alike. */
export interface OperationParameters {
  readonly all: readonly OperationParameter[]
  /** The text of a primitive; undefined when it was not sent. Throws 'parameter-invalid' for several, or for no primitive. */
  text(name: string): string | undefined
  /** The texts of a primitive that may repeat. */
  texts(name: string): readonly string[]
  /** The JSON of a complex value, such as a Coding. Throws 'parameter-invalid' for several. */
  value(name: string): unknown
  /** The resource sent under this name; nothing is known of it yet. */
  resource(name: string): unknown
}

const mostParameters = 10_000
/** They say how the answer is to look, not what is asked. */
const ofTheAnswer = new Set(['_format', '_pretty'])

/**
 * Parameters of the address, then those of the body: a Parameters resource, or another resource that stands for the
 * parameter `resource` (R4 operations, 3.2.0.1.1). Throws 'parameter-unknown' for one that is not among `accepted`.
 */
export async function readParameters(
  exchange: Pick<Exchange, 'query' | 'body'>,
  accepted: readonly { readonly name: string }[],
): Promise<OperationParameters> {
  const ofAddress = [...exchange.query]
    .filter(([name]) => !ofTheAnswer.has(name))
    .map(([name, value]) => ({ name, value, resource: undefined, parts: [] }))
  const body = await exchange.body()
  const all = [...ofAddress, ...(body.length === 0 ? [] : parametersIn(parseBody(body)))]
  const known = new Set(accepted.map(({ name }) => name))
  const unknown = all.findIndex(({ name }) => !known.has(name))
  if (unknown !== -1)
    throw new Refusal('parameter-unknown', { findings: [parameterFinding('parameter-unknown', unknown + 1)] })
  return parametersOf(all)
}

function parametersOf(all: readonly OperationParameter[]): OperationParameters {
  const named = (name: string) => all.filter((one) => one.name === name)
  const only = (name: string): OperationParameter | undefined => {
    const [first, ...others] = named(name)
    if (others.length > 0) throw refuseParameter('parameter-invalid', name)
    return first
  }
  return {
    all,
    text(name) {
      const found = only(name)
      return found === undefined ? undefined : textOf(found)
    },
    texts: (name) => named(name).map(textOf),
    value: (name) => only(name)?.value,
    resource: (name) => only(name)?.resource,
  }
}

function textOf({ name, value }: OperationParameter): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw refuseParameter('parameter-invalid', name)
}

/** The parameters of a body. Throws 'resource-invalid' where it is no Parameters resource and no other resource. */
function parametersIn(body: unknown): OperationParameter[] {
  if (!isObject(body) || typeof body['resourceType'] !== 'string') throw invalid('$this', 'Send a resource.')
  if (body['resourceType'] !== 'Parameters') return [{ name: 'resource', value: undefined, resource: body, parts: [] }]
  return listOf(body['parameter'], 'Parameters.parameter', { left: mostParameters })
}

function listOf(list: unknown, at: string, count: { left: number }): OperationParameter[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) throw invalid(at, 'Parameters are a list.')
  return list.map((one: unknown, index) => {
    const place = `${at}[${index}]`
    if ((count.left -= 1) < 0) throw new Refusal('too-large')
    if (!isObject(one) || typeof one['name'] !== 'string') throw invalid(place, 'A parameter has a name.')
    const values = Object.keys(one).filter((key) => /^value[A-Z]/.test(key))
    if (values.length > 1) throw invalid(place, 'A parameter has one value.')
    return {
      name: one['name'],
      value: one[values[0] ?? ''],
      resource: one['resource'],
      parts: listOf(one['part'], `${place}.part`, count),
    }
  })
}

function invalid(expression: string, text: string): Refusal {
  const finding: Finding = { expression, issue: 'structure', text }
  return new Refusal('resource-invalid', { findings: [finding] })
}
