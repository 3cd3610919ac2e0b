import { foldText } from '../fhir/search-text.ts'
import { type CodeSystem, type Designation, type Library, type Member, type ValueSet } from './content.ts'
import { type Expansion, expand, memberKey } from './expand.ts'
import { findConcept } from './hierarchy.ts'

/** A code that is to be judged. */
export interface AskedCode {
  readonly system: string | undefined
  readonly version: string | undefined
  readonly code: string
  readonly display: string | undefined
}

export interface Judgement {
  readonly result: boolean
  /** Why not; the words are fixed. */
  readonly message?: string
  readonly display?: string
}

const judgements = {
  'not-a-member': 'The code is not in the value set.',
  'not-a-code': 'The code system does not have the code.',
  'system-unknown': 'The code system, or this version of it, is not known here, so the code cannot be checked.',
  'in-part': 'The code is not in the part that is known here; whether it is in the rest cannot be told.',
  'only-groups': 'The code groups others and is not to be chosen itself.',
  'wrong-display': 'The code is right, but its display is another one.',
  'nothing-coded': 'There is no code to check.',
} as const

const no = (why: keyof typeof judgements, display?: string): Judgement => ({
  result: false,
  message: judgements[why],
  ...(display === undefined ? {} : { display }),
})

/** Judges codes against a value set that is worked out once. Throws TerminologyFault. */
export function openMembers(library: Library, set: ValueSet): (asked: AskedCode, abstractToo: boolean) => Judgement {
  const expansion = expand(library, set)
  return (asked, abstractToo) => judgeMember(library, expansion, asked, abstractToo)
}

function judgeMember(library: Library, expansion: Expansion, asked: AskedCode, abstractToo: boolean): Judgement {
  const { system, version, code } = asked
  const known = system === undefined ? undefined : library.codeSystem(system, version)
  const exact = known === undefined ? code : (findConcept(known, code)?.code ?? code)
  const member =
    system === undefined ? memberOfAny(expansion, code, abstractToo) : expansion.members.get(memberKey(system, exact))
  if (member === undefined) {
    if (expansion.complete) return no('not-a-member')
    return no(system !== undefined && library.codeSystem(system) === undefined ? 'system-unknown' : 'in-part')
  }
  if (version !== undefined && version !== member.version) return no('system-unknown')
  if (member.abstract && !abstractToo) return no('only-groups', member.display)
  return judgeDisplay(asked, member)
}

function memberOfAny({ members }: Expansion, code: string, abstractToo: boolean): Member | undefined {
  for (const one of members.values()) if (one.code === code && (abstractToo || !one.abstract)) return one
  return undefined
}

/** Judges a code against its system. */
export function judgeCode(system: CodeSystem | undefined, asked: AskedCode, abstractToo: boolean): Judgement {
  if (system === undefined) return no('system-unknown')
  const concept = findConcept(system, asked.code)
  if (concept === undefined) return no(system.content === 'complete' ? 'not-a-code' : 'in-part')
  if (concept.abstract && !abstractToo) return no('only-groups', concept.display)
  return judgeDisplay(asked, concept)
}

function judgeDisplay(
  { display: asked }: AskedCode,
  { display, designations }: { readonly display: string | undefined; readonly designations: readonly Designation[] },
): Judgement {
  const known = [display, ...designations.map(({ value }) => value)].flatMap((one) =>
    one === undefined ? [] : foldText(one),
  )
  if (asked !== undefined && known.length > 0 && !known.includes(foldText(asked))) return no('wrong-display', display)
  return display === undefined ? { result: true } : { result: true, display }
}

/** A CodeableConcept is right when one of its codings is; otherwise the first one's reason is told. */
export function judgeAny(asked: readonly AskedCode[], judge: (one: AskedCode) => Judgement): Judgement {
  const judged = asked.map(judge)
  return judged.find(({ result }) => result) ?? judged[0] ?? no('nothing-coded')
}
