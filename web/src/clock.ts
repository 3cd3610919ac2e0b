/** Milliseconds since 1970: the one place where the page asks for the time, so that everything else takes it. */
export function now(): number {
  return Date.now()
}
