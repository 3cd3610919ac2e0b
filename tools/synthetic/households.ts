import { addYears, ageInYears, type Day, formatDay } from './calendar.ts'
import {
  longNames,
  nativeNames,
  nicknames,
  type OmbRace,
  streetKinds,
  streets,
  towns,
  type Tradition,
  traditions,
} from './names.ts'
import type { Random } from './random.ts'

/** Who someone is, before anything has happened to them. */
export interface Persona {
  readonly index: number
  readonly sex: 'male' | 'female'
  readonly gender: 'male' | 'female' | 'other' | 'unknown'
  readonly family: string
  readonly given: readonly string[]
  readonly preferred?: string
  /** The name in another script, and whether it is the only one known. */
  readonly native?: { readonly family: string; readonly given: string; readonly only: boolean }
  readonly maiden?: string
  readonly birth: Day
  readonly death?: Day
  readonly race: OmbRace
  readonly hispanic: boolean
  readonly language: readonly [code: string, name: string]
  readonly address: { readonly line: string; readonly town: string; readonly postalCode: string }
  readonly phone: string
  readonly email?: string
  readonly married: boolean
  readonly mrn: string
  /** Others of the household, as seen by this person. */
  readonly relatives: readonly Relative[]
  /** Problems that this person has for certain. */
  readonly certain?: readonly string[]
  /** Entered twice at the desk on purpose: the index of the first entry. */
  readonly duplicateOf?: number
}

export interface Relative {
  readonly index: number
  readonly relation: 'SPS' | 'MTH' | 'FTH' | 'CHILD'
}

/** People are made a block at a time, so that any block can be made without those before it. */
export const blockSize = 24

/** What everything that is drawn depends on. */
interface Making {
  readonly random: Random
  readonly today: Day
}

interface Home {
  readonly tradition: Tradition
  readonly family: string
  readonly race: OmbRace
  readonly address: Persona['address']
  readonly phone: string
  /** Given names in use: nobody is named like another of the household. */
  readonly used: Set<string>
}

/** The people of one block: households of one to six, and now and then someone entered twice. */
export function makeBlock(root: Random, block: number, today: Day): readonly Persona[] {
  const random = root.fork(`block ${block}`)
  const people: Persona[] = []
  while (people.length < blockSize) {
    const first = block * blockSize + people.length
    const room = blockSize - people.length
    const last = people.at(-1)
    const due = block === 0 && people.length > 14 && people.every((person) => person.duplicateOf === undefined)
    if (last !== undefined && people.length > 3 && (due || random.chance(0.045)))
      people.push(enteredTwice(last, first, random))
    else people.push(...makeHousehold(first, room, random, today))
  }
  const named = people.map((person, at) => unusualName(person, block, at, random))
  return block === 0
    ? named.map((person) => (person === eldest(named) ? { ...person, certain: manyProblems } : person))
    : named
}

// Even a small practice has a chart with long courses of results.
const manyProblems = ['diabetes', 'hypertension', 'hyperlipidemia', 'kidney-disease', 'atrial-fibrillation']

function eldest(people: readonly Persona[]): Persona | undefined {
  const living = people.filter((person) => person.death === undefined && person.duplicateOf === undefined)
  return living.toSorted((a, b) => a.birth - b.birth)[0]
}

function makeHousehold(first: number, room: number, random: Random, today: Day): Persona[] {
  const home = makeHome(random)
  const couple = random.chance(0.52)
  const headAge = Math.floor(couple ? random.normal(50, 16) : random.normal(60, 19))
  const made = { random, today }
  const headBirth = birthAt(Math.min(97, Math.max(19, headAge)), random, today)
  const head = makeAdult(first, home, random.chance(0.5) ? 'female' : 'male', headBirth, made)
  const members: Persona[] = [head]
  if (couple && members.length < room) {
    const age = Math.min(97, Math.max(19, ageInYears(head.birth, today) + random.whole(-5, 5)))
    const spouse = head.sex === 'female' ? 'male' : 'female'
    members.push(makeAdult(first + 1, home, spouse, birthAt(age, random, today), made))
  }
  const parentAge = Math.min(...members.map((person) => ageInYears(person.birth, today)))
  const wanted = parentAge < 60 && (couple || random.chance(0.3)) ? random.whole(0, 4) : 0
  for (let child = 0; child < wanted && members.length < room; child++) {
    const age = parentAge - random.whole(18, 38)
    if (age >= 0 && age < 22) members.push(makeChild(first + members.length, home, age, random, today))
  }
  const adults = couple ? 2 : 1
  return members.map((person, at) => ({
    ...person,
    married: couple && at < 2,
    relatives: relativesOf(at, adults, members),
  }))
}

function relativesOf(at: number, adults: number, members: readonly Persona[]): Relative[] {
  const relatives: Relative[] = []
  for (const [other, person] of members.entries()) {
    if (other === at || person.index < 0) continue
    if (other < adults && at < adults) relatives.push({ index: person.index, relation: 'SPS' })
    else if (other < adults) relatives.push({ index: person.index, relation: person.sex === 'female' ? 'MTH' : 'FTH' })
    else if (at < adults) relatives.push({ index: person.index, relation: 'CHILD' })
  }
  return relatives
}

function makeHome(random: Random): Home {
  const tradition = random.weighted(traditions.map((choice) => [choice.weight, choice] as const))
  const [town, postalCode] = random.pick(towns)
  const unit = random.chance(0.2) ? `, Apt ${random.whole(1, 40)}` : ''
  const line = `${random.whole(1, 980)} ${random.pick(streets)} ${random.pick(streetKinds)}${unit}`
  return {
    tradition,
    family: random.pick(tradition.family),
    race: random.pick(tradition.races),
    address: { line, town, postalCode },
    phone: phone(random),
    used: new Set(),
  }
}

/** 555-0100 to 555-0199 are kept free for invented people. */
function phone(random: Random): string {
  return `(${random.pick(['339', '351', '413', '508', '617', '774', '781', '857', '978'])}) 555-01${random.digits(2)}`
}

function makeAdult(index: number, home: Home, sex: Persona['sex'], birth: Day, made: Making): Persona {
  const { random, today } = made
  const age = ageInYears(birth, today)
  // Yearly chance of having died in the last years, rising with age: about 1 in 12 of those over 75.
  const died = age > 40 && random.chance(age > 75 ? 0.16 : 0.015)
  const death = died ? today - random.whole(10, 900) : undefined
  const maiden = sex === 'female' && random.chance(0.12) ? random.pick(home.tradition.family) : undefined
  return {
    ...makePerson(index, home, sex, birth, random),
    ...(death === undefined ? {} : { death }),
    ...(maiden === undefined || maiden === home.family ? {} : { maiden }),
    phone: random.chance(0.6) ? phone(random) : home.phone,
  }
}

function makeChild(index: number, home: Home, age: number, random: Random, today: Day): Persona {
  return makePerson(index, home, random.chance(0.5) ? 'female' : 'male', birthAt(age, random, today), random)
}

function birthAt(age: number, random: Random, today: Day): Day {
  return Math.min(addYears(today, -age) - random.whole(0, 364), today - 3)
}

function makePerson(index: number, home: Home, sex: Persona['sex'], birth: Day, random: Random): Persona {
  const names = home.tradition[sex]
  let first = random.pick(names)
  while (home.used.has(first)) first = random.pick(names)
  home.used.add(first)
  const second = random.chance(0.45) ? random.pick(names) : first
  const preferred = random.chance(0.6) ? nicknames[first] : undefined
  const email = `${ascii(first)}.${ascii(home.family)}${random.whole(2, 99)}@example.com`
  const gender = random.weighted([
    [975, sex],
    [18, 'other'],
    [7, 'unknown'],
  ] as const)
  return {
    index,
    sex,
    gender,
    family: home.family,
    given: second === first ? [first] : [first, second],
    ...(preferred === undefined ? {} : { preferred }),
    birth,
    race: home.race,
    hispanic: home.tradition.hispanic,
    language: random.chance(0.35) ? home.tradition.language : ['en', 'English'],
    address: home.address,
    phone: home.phone,
    ...(random.chance(0.6) ? { email } : {}),
    married: false,
    mrn: mrnOf(index, random),
    relatives: [],
  }
}

/** Seven digits of the index and one to catch a slip, so that no two are alike. */
function mrnOf(index: number, random: Random): string {
  const digits = String(1_000_000 + index * 7 + (random.whole(0, 6) % 7))
  let sum = 0
  for (const [at, digit] of [...digits].entries()) sum += Number(digit) * (at + 2)
  return `${digits}${sum % 10}`
}

function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll('ł', 'l')
    .replaceAll('Ł', 'L')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase()
}

/** The same person again: one letter or two figures of the birth date changed, another number. */
function enteredTwice(first: Persona, index: number, random: Random): Persona {
  const slip = random.whole(0, 2)
  const date = formatDay(first.birth)
  const swapped = `${date.slice(0, 8)}${date.slice(9)}${date.slice(8, 9)}`
  const swappedBirth = Date.parse(`${swapped}T00:00:00Z`) / 86_400_000
  const birth = slip === 0 && Number.isInteger(swappedBirth) && swappedBirth <= first.birth ? swappedBirth : first.birth
  const given = slip === 1 && first.preferred !== undefined ? [first.preferred] : [first.given[0] ?? '']
  const family = slip === 2 ? first.family.replace(/([aeiou])(?=[^aeiou]+$)/, '$1$1') : first.family
  const { preferred: _, death: __, ...rest } = first
  return { ...rest, index, birth, given, family, mrn: mrnOf(index, random), relatives: [], duplicateOf: first.index }
}

/** The first block has one of each on purpose, so that even a small practice shows them. */
function unusualName(person: Persona, block: number, at: number, random: Random): Persona {
  const planned = block === 0 && person.duplicateOf === undefined
  if ((planned && at === 5) || (block > 0 && random.chance(0.004))) {
    const long = random.pick(longNames.filter((name) => name.sex === person.sex))
    return { ...person, family: long.family, given: long.given }
  }
  if ((planned && (at === 8 || at === 13)) || (block > 0 && random.chance(0.012))) {
    const native = random.pick(nativeNames.filter((name) => name.sex === person.sex))
    return { ...person, native: { family: native.family, given: native.given, only: at % 2 === 0 } }
  }
  return person
}
