import type { Access, AccessPage, PageAsk } from '#ledger'

/** Mostly little is new; the first look at a chart reads far back. */
const pageSizes = [50, 500, 1000, 1000, 1000, 1000]
/** Whose look was asked about last is kept; who was forgotten is read anew. */
const mostKept = 2000
/** Entries of one moment do not become visible in the order of their times. */
const overlapMs = 60_000

interface Walk {
  /** How far back it matters. */
  readonly horizonMs: number
  page(tenant: number, subject: string, asked: PageAsk): Promise<AccessPage>
  /** What an entry counts for; undefined when for nothing. */
  nameOf(access: Access): string | undefined
}

/**
 * When each name was last seen in someone's entries, Unix ms. The ledger answers; what it has answered is kept, so that
 * the next look reads only what is new: a chart that many have opened costs no more to open.
 */
export function openLatest({ horizonMs, page, nameOf }: Walk) {
  const kept = new Map<string, { readonly newest: number; readonly last: Map<string, number> }>()

  return async (tenant: number, subject: string, now: number): Promise<ReadonlyMap<string, number>> => {
    const key = `${tenant}/${subject}`
    const { newest: known, last } = kept.get(key) ?? { newest: Number.NEGATIVE_INFINITY, last: new Map() }
    const until = Math.max(now - horizonMs, known - overlapMs)
    let newest = known
    for await (const access of walk((asked) => page(tenant, subject, asked), until)) {
      newest = Math.max(newest, access.at)
      const name = nameOf(access)
      if (name !== undefined) last.set(name, Math.max(access.at, last.get(name) ?? access.at))
    }
    for (const [name, at] of last) if (at < now - horizonMs) last.delete(name)
    // Only now: had the walk broken off, what it did not reach would never be read again.
    kept.delete(key)
    kept.set(key, { newest, last })
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break
      kept.delete(oldest)
    }
    return last
  }
}

/** Newest first, down to a time. */
async function* walk(page: (asked: PageAsk) => Promise<AccessPage>, until: number): AsyncGenerator<Access> {
  let before: string | undefined
  for (const count of pageSizes) {
    const { accesses, next } = await page({ count, ...(before === undefined ? {} : { before }) })
    for (const access of accesses) {
      if (access.at < until) return
      yield access
    }
    if (next === undefined) return
    before = next
  }
}
