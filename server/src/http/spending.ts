import type { Limiter } from './rate.ts'

/** What callers have used of their rates: kind of rate, caller, how often. */
export type Spent = readonly (readonly [kind: string, caller: string, times: number])[]

/** Keeps several processes on one port to one rate for each caller, some moments late. */
export interface Spending {
  /** Charges this limiter with what is spent elsewhere. Returns what is to be called for each pass here. */
  join(kind: string, limiter: Limiter): (caller: string, times?: number) => void
  /** Takes into account what another process has told. */
  take(spent: Spent): void
}

const tellMs = 200
// A flood from many addresses: more in one message would only cost.
const mostTold = 5000

/** @param tell is given what was spent here, several times a second while there is something to tell */
export function openSpending(tell: (spent: Spent) => void): Spending {
  const limiters = new Map<string, { readonly limiter: Limiter; spent: Map<string, number> }>()
  let timer: NodeJS.Timeout | undefined

  function tellAll(): void {
    timer = undefined
    const all: (readonly [string, string, number])[] = []
    for (const [kind, one] of limiters) {
      for (const [caller, times] of one.spent) if (all.length < mostTold) all.push([kind, caller, times])
      one.spent = new Map()
    }
    tell(all)
  }

  return {
    join(kind, limiter) {
      const one = { limiter, spent: new Map<string, number>() }
      limiters.set(kind, one)
      return (caller, times = 1) => {
        one.spent.set(caller, (one.spent.get(caller) ?? 0) + times)
        timer ??= setTimeout(tellAll, tellMs).unref()
      }
    },
    take(spent) {
      for (const [kind, caller, times] of spent) limiters.get(kind)?.limiter.charge(caller, times)
    },
  }
}
