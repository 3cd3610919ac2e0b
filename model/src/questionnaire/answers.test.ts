import { expect, test } from 'vitest'
import { validate } from '../fhir/validate.ts'
import { openTerminology } from '../terminology/terminology.ts'
import { shipped } from '../terminology/shipped.ts'
import { answerFindings } from './answers.ts'

const system = 'http://example.com/c'
const terminology = openTerminology(shipped)
const coding = (code: string) => ({ system, code })
const gender = (code: string, of = 'http://hl7.org/fhir/administrative-gender') => ({
  valueCoding: { system: of, code },
})
const questionnaire = {
  resourceType: 'Questionnaire',
  status: 'active',
  item: [
    { linkId: 'smokes', type: 'boolean', required: true },
    {
      linkId: 'how-many',
      type: 'integer',
      required: true,
      enableWhen: [{ question: 'smokes', operator: '=', answerBoolean: true }],
    },
    {
      linkId: 'colour',
      type: 'choice',
      repeats: true,
      answerOption: ['r', 'g'].map((code) => ({ valueCoding: coding(code) })),
    },
    { linkId: 'other', type: 'open-choice', answerOption: [{ valueCoding: coding('r') }] },
    { linkId: 'note', type: 'string', maxLength: 5, item: [{ linkId: 'why', type: 'text' }] },
    { linkId: 'size', type: 'choice', answerOption: [{ valueInteger: 1 }, { valueInteger: 2 }] },
    { linkId: 'group', type: 'group', repeats: true, item: [{ linkId: 'when', type: 'date', required: true }] },
    { linkId: 'words', type: 'display' },
    { linkId: 'gender', type: 'choice', answerValueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1' },
    { linkId: 'sex', type: 'open-choice', answerValueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
    { linkId: 'unknown-set', type: 'choice', answerValueSet: 'http://example.com/ValueSet/none' },
  ],
}
type Item = Record<string, unknown>
const answer = (linkId: string, ...values: object[]): Item => ({ linkId, answer: values })
const smokes = answer('smokes', { valueBoolean: true })
const many = answer('how-many', { valueInteger: 5 })
const no = answer('smokes', { valueBoolean: false })

function said(item: readonly Item[], status = 'completed'): string[] {
  const response = { resourceType: 'QuestionnaireResponse', status, ...(item.length === 0 ? {} : { item }) }
  expect(validate(response)).toEqual([])
  return answerFindings(response, questionnaire, terminology).map(({ expression, text }) => `${expression} ${text}`)
}

test.each<[string, Item[]]>([
  ['all that is required', [smokes, many]],
  ['what is required is not asked', [no]],
  ['several where it repeats', [no, answer('colour', { valueCoding: coding('r') }, { valueCoding: coding('g') })]],
  ['a text where the choice is open', [no, answer('other', { valueString: 'blue' })]],
  ['a code of the value set', [no, answer('gender', gender('male'))]],
  ['a code of it without its system', [no, answer('gender', { valueCoding: { code: 'male' } })]],
  ['a text where the value set is open', [no, answer('sex', { valueString: 'neither' })]],
  ['any code where the value set is not known', [no, answer('unknown-set', gender('x'))]],
  ['a choice in words alone', [no, answer('gender', { valueCoding: { display: 'male' } })]],
  ['a number to choose', [no, answer('size', { valueInteger: 2 })]],
  [
    'what belongs to an answer, within it',
    [no, answer('note', { valueString: 'x', item: [answer('why', { valueString: 'y' })] })],
  ],
  [
    'a group twice',
    [no, ...[1, 2].map(() => ({ linkId: 'group', item: [answer('when', { valueDate: '2026-01-01' })] }))],
  ],
])('%s: nothing is wrong', (_, item) => {
  expect(said(item)).toEqual([])
})

test.each<[string, Item[], string]>([
  [
    'an item that is not asked',
    [no, answer('x', { valueBoolean: true })],
    'QuestionnaireResponse.item[1].linkId must be of an item',
  ],
  [
    'an item at another place',
    [no, answer('when', { valueDate: '2026' })],
    'QuestionnaireResponse.item[1].linkId must be of an item',
  ],
  [
    'an answer of another kind',
    [answer('smokes', { valueString: 'yes' })],
    'QuestionnaireResponse.item[0].answer[0].value must be boolean',
  ],
  ['what is required is missing', [], 'QuestionnaireResponse.item must answer everything'],
  ['what is required and enabled is missing', [smokes], 'QuestionnaireResponse.item must answer everything'],
  [
    'what is required in a group is missing',
    [no, { linkId: 'group' }],
    'QuestionnaireResponse.item[1].item must answer everything',
  ],
  ['an item without its answer', [smokes, { linkId: 'how-many' }], 'QuestionnaireResponse.item[1].answer is required'],
  ['what is not enabled', [no, many], 'QuestionnaireResponse.item[1] must not be answered'],
  [
    'several where it does not repeat',
    [answer('smokes', { valueBoolean: false }, { valueBoolean: false })],
    'QuestionnaireResponse.item[0].answer must be one answer',
  ],
  [
    'an item twice',
    [no, answer('note', { valueString: 'x' }), answer('note', { valueString: 'y' })],
    'QuestionnaireResponse.item[2] must be there once',
  ],
  [
    'what is no option',
    [no, answer('colour', { valueCoding: coding('b') })],
    'QuestionnaireResponse.item[1].answer[0].value must be one of the options',
  ],
  [
    'a code that is not of the value set',
    [no, answer('gender', gender('x'))],
    'QuestionnaireResponse.item[1].answer[0].value must be of the value set',
  ],
  [
    'a code of another system than the value set has',
    [no, answer('sex', gender('male', system))],
    'QuestionnaireResponse.item[1].answer[0].value must be of the value set',
  ],
  [
    'a text where the choice is not open',
    [no, answer('colour', { valueString: 'b' })],
    'QuestionnaireResponse.item[1].answer[0].value must be choice',
  ],
  [
    'a long text',
    [no, answer('note', { valueString: 'longer' })],
    'QuestionnaireResponse.item[1].answer[0].value is longer',
  ],
  [
    'an answer to what asks nothing',
    [no, answer('words', { valueString: 'x' })],
    'QuestionnaireResponse.item[1].answer must not be there',
  ],
  [
    'what belongs to an answer, without one',
    [no, { linkId: 'note', item: [answer('why', { valueString: 'y' })] }],
    'QuestionnaireResponse.item[1].item must be within the answer',
  ],
])('%s is found', (_, item, expected) => {
  expect(said(item)).toEqual([expect.stringContaining(expected)])
})

test('what is still being answered may lack anything', () => {
  expect(said([], 'in-progress')).toEqual([])
  expect(said([smokes, { linkId: 'how-many' }], 'in-progress')).toEqual([])
})

test.each<[string, object, object, boolean | undefined]>([
  ['=', { answerInteger: 5 }, { valueInteger: 5 }, true],
  ['!=', { answerInteger: 5 }, { valueInteger: 5 }, false],
  ['>', { answerDecimal: 5 }, { valueDecimal: 6.5 }, true],
  ['<=', { answerDate: '2026-03-01' }, { valueDate: '2026-02-01' }, true],
  ['>', { answerDate: '2026-03-01' }, { valueDate: '2026-02-01' }, false],
  ['=', { answerCoding: coding('a') }, { valueCoding: { ...coding('a'), display: 'A' } }, true],
  ['=', { answerCoding: coding('a') }, { valueCoding: coding('b') }, false],
  ['<', { answerQuantity: { value: 5, code: 'kg' } }, { valueQuantity: { value: 4, code: 'kg' } }, true],
  ['<', { answerQuantity: { value: 5, code: 'kg' } }, { valueQuantity: { value: 4, code: 'g' } }, undefined],
  ['exists', { answerBoolean: true }, { valueInteger: 5 }, true],
  ['exists', { answerBoolean: false }, { valueInteger: 5 }, false],
])('a question is asked when its condition %s %j holds of %j', (operator, expected, value, asked) => {
  const asks = {
    item: [
      { linkId: 'a', type: 'group' },
      { linkId: 'b', type: 'boolean', required: true, enableWhen: [{ question: 'a', operator, ...expected }] },
    ],
  }
  const given = { status: 'completed', item: [{ linkId: 'a', answer: [value] }] }
  const without = answerFindings(given, asks, terminology).some(({ text }) => text.startsWith('must answer everything'))
  const withIt = { ...given, item: [...given.item, answer('b', { valueBoolean: true })] }
  const forbidden = answerFindings(withIt, asks, terminology).some(({ text }) =>
    text.startsWith('must not be answered'),
  )
  expect([without, forbidden]).toEqual([asked === true, asked === false])
})
