import { resourceTypes, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { describe, expect, test } from 'vitest'
import { Refusal } from '#base'
import { categoryOf, Grant, type Role, roles } from '#policy'
import { person } from './fixtures.ts'
import { fullResource, textsIn } from './full-resource.ts'

type View = NonNullable<Grant['view']>

function grantOf(role: Role, type: ResourceType): Grant | undefined {
  try {
    return Grant.for({ actor: person(role), action: 'read', type, purpose: 'TREAT' })
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

const mayRead = (role: Role, type: ResourceType) => grantOf(role, type) !== undefined
const viewOf = (role: Role, type: ResourceType) => grantOf(role, type)?.view
/** Types that tell of nobody's health. */
const isOpenType = (type: ResourceType) =>
  type === 'InsurancePlan' || ['directory', 'definition'].includes(categoryOf(type))

/** Each type with each role that reads it and does not see all of it. */
const cells = roles.flatMap((role) =>
  resourceTypes.flatMap((type) => {
    const view = viewOf(role, type)
    return view === undefined ? [] : [{ role, type, view }]
  }),
)
/** Who keeps such records sees their narrative and extensions. */
const isKeeper = (role: Role, type: ResourceType) =>
  role === 'administrator' && ['directory', 'definition'].includes(categoryOf(type))
const choices = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
const placeIn = (text: string) => text.slice(text.indexOf(' ') + 1)

/** Names that speak of health in every type of R4 that has them, whoever wrote the table. */
const speaking =
  /\.(diagnosis|procedure|item|addItem|supportingInfo|supportingInformation|note|processNote|comment|description|patientInstruction|reason|reasonCode|reasonReference|bodysite|bodySite|productOrService|product|disposition|form|outcomeDesc|query|detail|prescription|referral|accident|adjudication|div)\b/
// Administrative all the same: why a record was made, what a payment is made up of, what a visit costs.
const spoken =
  /^(Provenance\.reason|PaymentReconciliation\.detail|CoverageEligibilityResponse\.insurance\.item\.(id|category|network|unit|term|benefit))/

test('H-V08: no element whose name speaks of health is shown at the front desk, in any type', () => {
  const shown = new Set<string>()
  for (const { role, type, view } of cells) {
    if (role === 'biller' || isOpenType(type)) continue
    for (const choice of choices) {
      for (const text of textsIn(view.show(fullResource(type, { word: 'canary', choice })))) {
        const place = placeIn(text).replaceAll(/\[\d+\]|_/g, '')
        if (text.startsWith('canary') && speaking.test(place) && !spoken.test(place)) shown.add(`${role} ${place}`)
      }
    }
  }
  expect([...shown]).toEqual([])
})

test('H-V08: an extension that is not known is shown to nobody who does not treat patients, wherever it stands', () => {
  for (const { role, type, view } of cells) {
    if (isKeeper(role, type)) continue
    const shown = textsIn(view.show(fullResource(type, { word: 'canary', choice: 0 })))
    expect(
      shown.filter((text) => text.includes('example.com')),
      `${role} ${type}`,
    ).toEqual([])
    expect(
      shown.filter((text) => /\.text\.(div|status)/.test(text)),
      `${role} ${type}`,
    ).toEqual([])
  }
})

test.each<[Role, ResourceType]>([
  ['front-desk', 'Claim'],
  ['biller', 'Patient'],
  ['privacy-officer', 'Consent'],
  ['administrator', 'Practitioner'],
])('H-V08: to a %s what a %s contains is shown as its own type is, and with it the references to it', (role, type) => {
  const some = resourceTypes.filter(
    (one, index) => index % 8 === 0 || ['Condition', 'Appointment', 'Claim'].includes(one),
  )
  const contained = some.map((one) => ({ ...fullResource(one, { word: 'within', choice: 0 }), id: one }))
  const shown = viewOf(role, type)?.show({ resourceType: type, contained })
  const within = (shown?.['contained'] ?? []) as Resource[]
  expect(within.map(({ resourceType }) => resourceType)).toEqual(some.filter((one) => mayRead(role, one)))
  for (const one of within) {
    const alone = fullResource(one.resourceType, { word: 'within', choice: 0 })
    expect(one).toEqual({ ...viewOf(role, one.resourceType)?.show(alone), id: one.resourceType })
  }
})

test('H-V08: a reference leads to nothing that is contained and not shown, and says nothing of what may not be read', () => {
  const participant = (actor: object) => ({ actor, status: 'accepted' })
  const appointment: Resource = {
    resourceType: 'Appointment',
    contained: [
      { resourceType: 'Condition', id: 'c1', code: { text: 'canary' } },
      { resourceType: 'Practitioner', id: 'p1', name: [{ family: 'Moser' }] },
    ],
    basedOn: [
      { reference: 'ServiceRequest/1', display: 'canary', identifier: { value: 'canary' }, id: 'x' },
      { display: 'canary' },
    ],
    participant: [
      participant({ reference: '#c1', display: 'canary' }),
      participant({ reference: '#p1', display: 'Moser' }),
      participant({ reference: 'Condition/1', display: 'canary' }),
      participant({ identifier: { value: 'canary' }, type: 'Condition' }),
      participant({ reference: 'https://elsewhere.example/fhir/Device/7', display: 'canary' }),
      participant({ reference: 'Patient/1', display: 'Zwyssig' }),
      participant({ display: 'Room 2' }),
    ],
  }
  expect(viewOf('front-desk', 'Appointment')?.show(appointment)).toEqual({
    resourceType: 'Appointment',
    contained: [{ resourceType: 'Practitioner', id: 'p1', name: [{ family: 'Moser' }] }],
    basedOn: [{ reference: 'ServiceRequest/1', id: 'x' }],
    participant: [
      { status: 'accepted' },
      participant({ reference: '#p1', display: 'Moser' }),
      participant({ reference: 'Condition/1' }),
      { status: 'accepted' },
      participant({ reference: 'https://elsewhere.example/fhir/Device/7' }),
      participant({ reference: 'Patient/1', display: 'Zwyssig' }),
      participant({ display: 'Room 2' }),
    ],
  })
})

describe.each(roles.filter((role) => cells.some((cell) => cell.role === role)))('%s', (role) => {
  // Of the types that are open as a whole, some stand for all.
  const some = new Set<ResourceType>(['Practitioner', 'Location', 'Questionnaire'])
  const own = cells.filter((cell) => cell.role === role && (!isOpenType(cell.type) || some.has(cell.type)))

  test('what is shown is shown again, and sent back unchanged it leaves the record as it stood', () => {
    for (const { type, view } of own) {
      for (const choice of [0, 1]) {
        const contained = [{ ...fullResource('Condition', { word: 'within', choice }), id: 'c1' }]
        const old = fullResource(type, { word: 'canary', choice, items: 2, contained })
        const shown = view.show(old)
        expect(view.show(shown), type).toEqual(shown)
        expect(view.keep(shown, old), type).toEqual(old)
      }
    }
  })

  test('whatever is sent, what is not shown is neither lost nor set, and what may be set is', () => {
    let kept = 0
    for (const { type, view } of own) {
      for (const choice of [0, 1]) {
        for (const items of [1, 2]) {
          const old = fullResource(type, { word: 'canary', choice, items: 2 })
          // Of a choice another type than stands there, and of two types the same again.
          const sent = fullResource(type, { word: 'sent', choice: choice + items, items })
          const result = keepOrRefuse(view, sent, old)
          if (result === undefined) continue
          kept++
          const [before, after] = [new Set(textsIn(view.show(old))), new Set(textsIn(result))]
          const unseen = textsIn(old).filter((text) => !before.has(text))
          expect(
            unseen.filter((text) => !after.has(text)).filter((text) => !ofCodes.test(text)),
            type,
          ).toEqual([])
          const settable = new Set(textsIn(view.show(sent)))
          const set = textsIn(sent).filter((text) => text.startsWith('sent') && after.has(text))
          expect(
            set.filter((text) => !settable.has(text)),
            type,
          ).toEqual([])
          expect(
            [...settable].filter((text) => text.startsWith('sent') && !after.has(text)),
            type,
          ).toEqual([])
        }
      }
    }
    expect(kept).toBeGreaterThan(own.length)
  })
})

/** With another code, the words about the one before go. */
const ofCodes = /Appointment\.cancelationReason/

function keepOrRefuse(view: View, sent: Resource, old: Resource): Resource | undefined {
  try {
    return view.keep(sent, old)
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal)
    return undefined
  }
}
