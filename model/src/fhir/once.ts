/**
 * A function that remembers its last result: a text that is compared with each of a thousand values is long, and made ready
 * for comparison once.
 */
export function once<Result>(make: (text: string) => Result): (text: string) => Result {
  let last: { readonly text: string; readonly result: Result } | undefined
  return (text) => {
    if (last?.text !== text) last = { text, result: make(text) }
    return last.result
  }
}
