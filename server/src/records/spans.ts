// How times are looked up across patients. A time stands under one token: of the day in which it begins or, when it lasts
// longer than a day, of the block of 32, 256 or 2,048 days in which it does. So a stay of a year costs no more than a
// visit, and no record is found twice.

/** A half-open interval, Unix ms; an open end is infinite. */
export interface Span {
  readonly low: number
  readonly high: number
}

const dayMs = 86_400_000
const blocks = [1, 32, 256, 2048].map((days) => days * dayMs)
/** What lasts longer, or has no beginning or no end. */
const long = 'long'
// A year by its days; what asks for more goes through the records instead.
const mostMs = 400 * dayMs

/** Under which text a time is looked up. */
export function textOfSpan({ low, high }: Span): string {
  const block = Number.isFinite(low) ? blocks.find((length) => high - low <= length) : undefined
  return block === undefined ? long : textOf(block, Math.floor(low / block))
}

/**
 * The texts of all times that touch an interval, the newest day first; undefined when it is open or longer than some 13
 * months. `within`: only of those that lie in it as a whole.
 */
export function textsTouching({ low, high }: Span, within: boolean): string[] | undefined {
  if (!Number.isFinite(low) || !Number.isFinite(high) || high - low > mostMs) return undefined
  const texts: string[] = []
  let shorter = 0
  for (const block of blocks) {
    // What is longer than the interval does not lie in it.
    if (within && shorter >= high - low) return texts
    // What touches it may have begun a block earlier.
    const first = Math.floor(low / block) - (within ? 0 : 1)
    for (let number = Math.ceil(high / block) - 1; number >= first; number--) texts.push(textOf(block, number))
    shorter = block
  }
  return within ? texts : [...texts, long]
}

function textOf(block: number, number: number): string {
  return `${block / dayMs}d${number}`
}
