import { resourceTypes, type Rule, type Shape, shapeOf } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { knownExtensions } from './extensions.ts'
import { contentSeen, isOpenType, judge, type Judged, type Judgement, judgedNames } from './judgements.ts'
import { mayRead, roles } from './roles.ts'

const partial = roles.filter((role) => contentSeen[role] !== 'all')
/** Types that somebody reads who does not treat patients, and that are not open as a whole. */
const judgedTypes = resourceTypes.filter((type) => !isOpenType(type) && partial.some((role) => mayRead(role, type)))

/** Every element of a shape with what stands below it, as far as anybody who does not treat patients sees it. */
function* elementsOf(holder: Shape, open: boolean, seen = new Set<string>()): Generator<[Shape, string, Rule]> {
  if (seen.has(holder.name)) return
  seen.add(holder.name)
  for (const [property, rule] of holder.rules) {
    if (rule.companion) continue
    yield [holder, property, rule]
    const judgement = judge({ holder, property, element: rule.element }, open)
    if (judgement?.content === 'chart' || rule.type === 'Extension' || rule.type === 'Resource') continue
    if (rule.shape !== undefined) yield* elementsOf(rule.shape(), open, seen)
  }
}

test('H-V08: every element of every type that is read by who does not treat patients has been judged', () => {
  const unjudged = judgedTypes.flatMap((type) =>
    [...elementsOf(shapeOf(type), false)]
      .filter(([holder, property, { element }]) => judge({ holder, property, element }, false) === undefined)
      .map(([holder, property]) => `${holder.name}.${property}`),
  )
  expect(unjudged).toEqual([])
})

test('the table judges nothing that R4 does not have, and nothing twice', () => {
  const judged = judgedNames()
  expect(judged.get('Appointment.participant')).toEqual(['type', 'actor', 'required', 'status', 'period'])
  for (const [holder, names] of judged) {
    // What DomainResource and BackboneElement add stands in the rows of what they extend.
    const shapes = holder === 'Resource' ? ['DomainResource'] : holder === 'Element' ? ['BackboneElement'] : [holder]
    const rules = shapes.map((name) => shapeOf(name).rules)
    const known = new Set(rules.flatMap((all) => [...all].flatMap(([property, { element }]) => [property, element])))
    expect(
      names.filter((name) => !known.has(name)),
      holder,
    ).toEqual([])
    expect(new Set(names).size).toBe(names.length)
  }
})

test('H-V08: a reference with its words leads to nothing clinical, or to a thing that is booked or billed with', () => {
  const things = new Set(['Device', 'Group', 'CareTeam'])
  for (const type of judgedTypes) {
    for (const [holder, property, rule] of elementsOf(shapeOf(type), false)) {
      if (rule.type !== 'Reference' || judge({ holder, property, element: rule.element }, false)?.manner !== 'whole')
        continue
      if (judge({ holder, property, element: rule.element }, false)?.content === 'chart') continue
      const targets = [...(rule.targets ?? ['anything'])]
      const clinical = targets.filter(
        (target) => !things.has(target) && !partial.some((role) => mayRead(role, target as never)),
      )
      expect([`${holder.name}.${property}`, clinical]).toEqual([`${holder.name}.${property}`, []])
    }
  }
})

const wrapped = 110

/** The whole table: of each type and backbone element what is shown to whom, and in which manner. */
function print(): string {
  const blocks = [
    '# What is shown of each element. Written by judgements.test.ts: a change of policy is a change of this file.',
    '# Every element has its id; extensions are shown by their urls (extensions.ts), contained records by their own types.',
    `${roles.filter((role) => !partial.includes(role)).join(', ')}: all of what they may read`,
    ...partial.map((role) => `${role}: ${[contentSeen[role]].flat().join(', ')}`),
    fill('open as a whole', resourceTypes.filter(isOpenType)),
    fill(
      'for those alone',
      resourceTypes.filter((type) => !partial.some((role) => mayRead(role, type))),
    ),
  ]
  const urls = [...knownExtensions].map(([url, parts]) =>
    parts.size === 0 ? url : `${url} (${[...parts.keys()].join(', ')})`,
  )
  blocks.push(`extensions that are shown:\n  ${urls.join('\n  ')}`)
  const printed = new Set<string>()
  for (const type of judgedTypes) {
    const readers = partial.filter((role) => mayRead(role, type))
    for (const [holder, rows] of Map.groupBy(elementsOf(shapeOf(type), false), ([{ name }]) => name)) {
      if (printed.has(holder)) continue
      printed.add(holder)
      const title = holder === type ? `${holder}  (read by ${readers.join(', ')})` : holder
      blocks.push([title, ...linesOf(rows)].join('\n'))
    }
  }
  return `${blocks.join('\n\n')}\n`
}

function linesOf(rows: readonly [Shape, string, Rule][]): string[] {
  const words = rows.flatMap(([holder, property, { element }]) => {
    const judgement = judge({ holder, property, element }, false)
    if (['id', 'extension', 'modifierExtension'].includes(property)) return []
    const manner = judgement === undefined || judgement.manner === 'whole' ? '' : `:${judgement.manner}`
    return [{ content: judgement?.content ?? 'not judged', word: property + manner }]
  })
  return [...Map.groupBy(words, ({ content }) => content)].map(([content, some]) =>
    fill(
      `  ${content}`,
      some.map(({ word }) => word),
    ),
  )
}

function fill(title: string, words: readonly string[]): string {
  const lines = ['']
  for (const word of words) {
    const line = lines.at(-1) ?? ''
    if (line.length + word.length > wrapped) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return `${title}: ${lines.join('\n      ')}`
}

test('H-V08: the table of elements is the one that was reviewed', async () => {
  await expect(print()).toMatchFileSnapshot('./judgements.table.txt')
})

test.each<[string, Judged, boolean, Judgement | undefined]>([
  ['what nobody has judged', at('Observation', 'status'), false, undefined],
  ['the same, within a type that is open as a whole', at('Observation.component', 'code'), true, whole('open')],
  ['what is in no row of a type that has one', at('Patient', 'diagnosis'), true, undefined],
  ['what every resource has', at('Observation', 'text'), false, whole('chart')],
  ['a part of that name', at('Observation.component', 'text'), false, undefined],
  ['what every element has', at('Observation.component', 'id'), false, whole('open')],
  ['an element of a datatype', at('HumanName', 'family'), false, whole('open')],
  ['an element of a datatype that may say anything', at('Expression', 'language'), false, undefined],
  ['a choice', at('Appointment', 'reasonCode'), false, whole('charge')],
  ['a link', at('Appointment', 'basedOn'), false, { content: 'open', manner: 'link' }],
  ['a code', at('Appointment', 'cancelationReason'), false, { content: 'open', manner: 'code' }],
])('H-V08: how %s is judged', (_, judged, openType, expected) => {
  expect(judge(judged, openType)).toEqual(expected)
})

function at(name: string, property: string): Judged {
  return { holder: { name, resource: !name.includes('.') && shapeOf(name).resource }, property, element: property }
}

function whole(content: Judgement['content']): Judgement {
  return { content, manner: 'whole' }
}
