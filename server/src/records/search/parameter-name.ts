import { resourceTypes, searchParameters } from '@chartkeep/model/fhir'
import { parameterFinding, Refusal } from '#base'

const ofTheResult = ['_sort', '_count', '_include', '_revinclude', '_summary', '_total', '_elements', '_contained']
const modifiers = [
  'missing',
  'exact',
  'contains',
  'text',
  'not',
  'in',
  'not-in',
  'above',
  'below',
  'of-type',
  'iterate',
]
let known: ReadonlySet<string> | undefined

/** Whether a name is made of R4's words alone: what else somebody wrote there may be health information. */
function isKnown(name: string): boolean {
  known ??= new Set([
    ...['_has', '_list', ...ofTheResult, ...modifiers, ...resourceTypes],
    ...resourceTypes.flatMap((type) => searchParameters(type).map(({ code }) => code)),
  ])
  const words = known
  return name.length < 200 && name.split(/[:.]/).every((word) => words.has(word))
}

/** Has what refuses a parameter name it, or where the name is none of R4's its place among the parameters, from 1. */
export function namingParameter<T>(name: string, place: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code } = error
    if (code !== 'parameter-unknown' && code !== 'parameter-invalid') throw error
    const finding = parameterFinding(code, isKnown(name) ? name : place)
    throw new Refusal(code, { cause: error, findings: [finding] })
  }
}
