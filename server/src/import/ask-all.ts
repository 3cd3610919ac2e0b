import type { Answers } from './answers.ts'
import type { Conditional, Match } from './conditions.ts'
import type { ImportStore } from './store.ts'

const atOnce = 16

/**
 * What the store has for each condition. A record that an earlier run has made is the match, and is not searched for.
 */
export async function askAll(
  questions: readonly Conditional[],
  store: Pick<ImportStore, 'existing'>,
  answers: Pick<Answers, 'matchesOf'>,
): Promise<Match[]> {
  const made = await madeBefore(questions, store)
  const matches: Match[] = []
  for (let from = 0; from < questions.length; from += atOnce) {
    const some = questions.slice(from, from + atOnce)
    matches.push(
      ...(await Promise.all(
        some.map(async ({ type, query, id }): Promise<Match> => {
          if (id !== undefined && made.has(id)) return undefined
          const [first, ...more] = await answers.matchesOf(type, query)
          return more.length > 0 ? 'several' : first
        }),
      )),
    )
  }
  return matches
}

async function madeBefore(
  questions: readonly Conditional[],
  store: Pick<ImportStore, 'existing'>,
): Promise<ReadonlySet<string>> {
  const made = new Set<string>()
  for (const [type, group] of Map.groupBy(questions, (one) => one.type)) {
    const ids = group.flatMap(({ id }) => id ?? [])
    for (const id of await store.existing(type, ids)) made.add(id)
  }
  return made
}
