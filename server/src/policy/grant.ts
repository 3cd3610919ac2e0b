import type { ResourceType, SearchQuery } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import { type Decision, decide } from './decide.ts'
import type { Action, Question } from './question.ts'
import type { View } from './view.ts'

/**
 * Proof that policy said yes to one question. The store asks for a Grant, never a user, so code that forgot to ask
 * policy does not compile. Only this file can make one, and the grant carries the facts that the entry records.
 */
export class Grant<A extends Action = Action> {
  // A #field makes the class nominal: a look-alike object is not a Grant.
  readonly #rule: string
  readonly question: Question<A>
  /** What is released of each record under this grant; the rest is not changed either. Undefined: all of it. */
  readonly view: View | undefined
  /**
   * Only the records that meet all of one of these are there, for whatever is asked under this grant; undefined: all.
   */
  readonly rows: readonly (readonly SearchQuery[])[] | undefined

  private constructor(question: Question<A>, { rule, view, rows }: Decision & { allow: true }) {
    this.question = question
    this.#rule = rule
    this.view = view
    this.rows = rows
  }

  get rule(): string {
    return this.#rule
  }

  /** Throws a Refusal that names the rule and what would satisfy it. */
  static for<A extends Action>(question: Question<A>): Grant<A> {
    const decision = decide(question)
    if (!decision.allow) throw new Refusal(decision.code, { rule: decision.rule, remedy: decision.remedy })
    return new Grant(question, decision)
  }
}

/** Policy's yes to one thing that this actor asks for. With a patient, the grant opens records of that patient only. */
export function grantFor<A extends Action>(
  { actor, purpose }: Pick<Question, 'actor' | 'purpose'>,
  action: A,
  type: ResourceType,
  patient?: Id<'patient'>,
): Grant<A> {
  return Grant.for({ actor, action, type, purpose, patient })
}
