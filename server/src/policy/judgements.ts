import type { ResourceType, Shape } from '@chartkeep/model/fhir'
import { billingRows } from './element-rows-billing.ts'
import { generalRows, type Row } from './element-rows.ts'
import { type Category, categoryOf, type Role } from './roles.ts'

/**
 * What an element may say of a patient's health, judged once for each element of each type that somebody may read who
 * does not treat patients. `open`: administrative. `charge`: what was done and why, as a bill has to say it. `chart`:
 * clinical words, and whatever may carry them. What is not judged is not shown.
 */
export type Content = 'open' | 'charge' | 'chart'

/** `link`: a bare reference, without words about what it leads to. `code`: codes of HL7's own systems, without words. */
export type Manner = 'whole' | 'link' | 'code'

export interface Judgement {
  readonly content: Content
  readonly manner: Manner
}

/** The roles that see all: they treat patients. Of the others, who bills sees what a bill says. */
export const contentSeen: Readonly<Record<Role, readonly Content[] | 'all'>> = {
  'front-desk': ['open'],
  nurse: 'all',
  clinician: 'all',
  biller: ['open', 'charge'],
  'privacy-officer': ['open'],
  administrator: ['open'],
}

/** Records that tell of nobody's health; whoever keeps them sees their narrative and extensions, too. */
export const keepers: Readonly<Partial<Record<Category, Role>>> = {
  directory: 'administrator',
  definition: 'administrator',
}

/** Datatypes whose elements say what the element says that has them. */
const plainDatatypes =
  'Address Age Annotation Attachment CodeableConcept Coding ContactPoint Count Distance Duration Extension HumanName Identifier ' +
  'Money Period Quantity Range Ratio Reference Timing Timing.repeat'

/** Types that tell of nobody's health are judged as a whole: places, people of the practice, products, definitions. */
const openTypes = new Set<string>(['InsurancePlan'])
const openCategories = new Set<Category>(['directory', 'definition'])

/** Whether every element of a type is open but what every resource has. */
export function isOpenType(type: ResourceType): boolean {
  return openTypes.has(type) || openCategories.has(categoryOf(type))
}

const manners = ['link', 'code'] as const

const table: ReadonlyMap<string, ReadonlyMap<string, Judgement>> = new Map(
  Object.entries({ ...generalRows, ...billingRows }).map(([holder, row]) => [holder, read(row)]),
)
const everyElement = read(generalRows.Element)
const everyResource = read(generalRows.Resource)
const datatypes = new Set(plainDatatypes.split(' '))
const open: Judgement = { content: 'open', manner: 'whole' }

function read(row: Row): ReadonlyMap<string, Judgement> {
  const judged = new Map<string, Judgement>()
  for (const content of ['open', 'charge', 'chart'] as const) {
    for (const word of row[content]?.split(' ') ?? []) {
      const manner = manners.find((one) => word.endsWith(`:${one}`)) ?? 'whole'
      judged.set(word.replace(`:${manner}`, ''), { content, manner })
    }
  }
  return judged
}

/** An element: in what shape it stands, its name in JSON and its name as FHIRPath has it. */
export interface Judged {
  readonly holder: Pick<Shape, 'name' | 'resource'>
  readonly property: string
  readonly element: string
}

/** The judgement of an element, undefined where nobody has judged it. `openType`: within a type that is open as a whole. */
export function judge({ holder, property, element }: Judged, openType: boolean): Judgement | undefined {
  const own = table.get(holder.name)
  const found = own?.get(property) ?? own?.get(element) ?? everyElement.get(element)
  if (found !== undefined) return found
  const general = holder.resource ? everyResource.get(element) : undefined
  if (general !== undefined) return general
  return own === undefined && (openType || datatypes.has(holder.name)) ? open : undefined
}

/** The names in each row of the table: for whoever holds it against the definitions. */
export function judgedNames(): ReadonlyMap<string, readonly string[]> {
  return new Map([...table].map(([holder, row]) => [holder, [...row.keys()]]))
}
