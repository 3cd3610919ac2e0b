import { type Finding, isObject, type JsonObject } from '../fhir/resource.ts'
import type { Terminology } from '../fhir/search-terms.ts'
import { type Given, isEnabled } from './enabled.ts'
import { objectsIn, type Question, questionsIn, valueName } from './question.ts'

/** What may answer a question of each type (R4 item-type). */
const typesOf: Readonly<Record<string, readonly string[]>> = {
  boolean: ['valueBoolean'],
  decimal: ['valueDecimal'],
  integer: ['valueInteger'],
  date: ['valueDate'],
  dateTime: ['valueDateTime'],
  time: ['valueTime'],
  string: ['valueString'],
  text: ['valueString'],
  url: ['valueUri'],
  choice: ['valueCoding'],
  'open-choice': ['valueCoding', 'valueString'],
  attachment: ['valueAttachment'],
  reference: ['valueReference'],
  quantity: ['valueQuantity'],
}

const mostFindings = 500
/** Answers that are said to be all there. */
const finished = new Set<unknown>(['completed', 'amended'])

/**
 * Everything in which a QuestionnaireResponse does not follow its Questionnaire, both valid by R4: items that were not asked
 * or not there, answers of another kind, too many or missing ones, codes that are not of their value set.
 *
 * @param terminology value sets that are known here; of any other, and of one that is known in part, every code may be
 */
export function answerFindings(
  response: JsonObject,
  questionnaire: JsonObject,
  terminology: Pick<Terminology, 'members'>,
): Finding[] {
  const check = new Check(givenIn(response), finished.has(response['status']), terminology)
  check.items(response['item'], questionsIn(questionnaire['item']), 'QuestionnaireResponse')
  return check.findings
}

function givenIn(response: JsonObject): Given {
  const given = new Map<string, JsonObject[]>()
  const visit = (holder: JsonObject): void => {
    for (const item of objectsIn(holder['item'])) {
      const answers = objectsIn(item['answer'])
      const id = String(item['linkId'])
      const known = given.get(id)
      if (known === undefined) given.set(id, answers)
      else for (const one of answers) known.push(one)
      visit(item)
      for (const answer of answers) visit(answer)
    }
  }
  visit(response)
  return given
}

class Check {
  readonly findings: Finding[] = []
  readonly #given: Given
  readonly #finished: boolean
  readonly #terminology: Pick<Terminology, 'members'>

  constructor(given: Given, isFinished: boolean, terminology: Pick<Terminology, 'members'>) {
    this.#given = given
    this.#finished = isFinished
    this.#terminology = terminology
  }

  /** The items at one place, against what is asked there. */
  items(list: unknown, questions: ReadonlyMap<string, Question>, path: string): void {
    const counts = new Map<string, number>()
    for (const [at, item] of objectsIn(list).entries()) {
      const place = `${path}.item[${at}]`
      const id = String(item['linkId'])
      const question = questions.get(id)
      if (question === undefined) {
        this.#say(`${place}.linkId`, 'must be of an item that the questionnaire has here')
        continue
      }
      const count = (counts.get(id) ?? 0) + 1
      counts.set(id, count)
      if (count === 2 && !(question.repeats && question.type === 'group'))
        this.#say(place, 'must be there once: the answers of a question are in one item')
      this.#item(item, question, place)
    }
    if (!this.#finished) return
    for (const [id, question] of questions)
      if (question.required && !counts.has(id) && isEnabled(question, this.#given) === true)
        this.#say(`${path}.item`, 'must answer everything that the questionnaire requires here', 'required')
  }

  #item(item: JsonObject, question: Question, place: string): void {
    const answers = objectsIn(item['answer'])
    if (isEnabled(question, this.#given) === false && (answers.length > 0 || item['item'] !== undefined))
      this.#say(place, 'must not be answered: by the other answers it is not asked')
    if (question.type === 'group' || question.type === 'display') {
      if (answers.length > 0) this.#say(`${place}.answer`, 'must not be there: the item asks nothing')
      this.items(item['item'], question.items, place)
      return
    }
    if (item['item'] !== undefined) this.#say(`${place}.item`, 'must be within the answer that it belongs to')
    if (answers.length > 1 && !question.repeats) this.#say(`${place}.answer`, 'must be one answer')
    if (answers.length === 0 && question.required && this.#finished)
      this.#say(`${place}.answer`, 'is required by the questionnaire', 'required')
    for (const [at, answer] of answers.entries()) {
      this.#answer(answer, question, `${place}.answer[${at}]`)
      this.items(answer['item'], question.items, `${place}.answer[${at}]`)
    }
  }

  #answer(answer: JsonObject, { type, options, valueSet, maxLength }: Question, place: string): void {
    const name = valueName(answer)
    if (name === undefined) return
    const chosen = options.map((one) => valueName(one) ?? '')
    // In R4 what may be chosen can also be numbers, times and texts.
    const allowed = [...(typesOf[type] ?? []), ...(type === 'choice' || type === 'open-choice' ? chosen : [])]
    const value = answer[name]
    if (!allowed.includes(name)) this.#say(`${place}.value`, `must be ${type} as the questionnaire asks`)
    else if (options.length > 0 && !(type === 'open-choice' && name === 'valueString')) {
      if (!options.some((one) => isChosen(value, one[name])))
        this.#say(`${place}.value`, 'must be one of the options of the questionnaire', 'code-invalid')
    }
    if (name === 'valueCoding' && valueSet !== undefined && isObject(value) && this.#isOutside(value, valueSet))
      this.#say(`${place}.value`, 'must be of the value set of the questionnaire', 'code-invalid')
    if (maxLength !== undefined && typeof value === 'string' && value.length > maxLength)
      this.#say(`${place}.value`, 'is longer than the questionnaire allows')
  }

  #isOutside({ system, code }: JsonObject, valueSet: string): boolean {
    const members = typeof code === 'string' ? this.#terminology.members(valueSet) : undefined
    if (members?.complete !== true || typeof code !== 'string') return false
    return !members.contains(typeof system === 'string' ? system : undefined, code)
  }

  #say(expression: string, text: string, issue = 'value'): void {
    if (this.findings.length < mostFindings) this.findings.push({ expression, issue, text })
  }
}

function isChosen(value: unknown, option: unknown): boolean {
  if (!isObject(value) || !isObject(option)) return value === option
  if (option['reference'] !== undefined) return value['reference'] === option['reference']
  return value['code'] === option['code'] && (option['system'] === undefined || value['system'] === option['system'])
}
