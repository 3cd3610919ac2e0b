/** Work that shares a name runs one after the other, in order of arrival; work without a name in common runs at once. */
export type TakeTurns = <T>(names: readonly string[], work: () => Promise<T>) => Promise<T>

export function openTurns(): TakeTurns {
  const last = new Map<string, Promise<unknown>>()
  return async (names, work) => {
    // All names are taken in one go, so nobody waits for someone who came later: there is no circle.
    const turn = Promise.all(names.map(async (name) => last.get(name))).then(work)
    const settled = turn.then(
      () => undefined,
      () => undefined,
    )
    for (const name of names) last.set(name, settled)
    try {
      return await turn
    } finally {
      for (const name of names) if (last.get(name) === settled) last.delete(name)
    }
  }
}
