import { covers, formatScope, parseScope, sharedScope } from '#policy'

/**
 * What is granted of the scopes asked for: never more than the client is registered for (SMART 2.2; RFC 6749 sec. 3.3
 * lets the server grant less, and then it says what). A scope that is covered whole is granted in the words it was asked
 * in, so that v1 callers find their own; of one that is covered in part, the part. Empty: nothing of it can be granted.
 */
export function negotiate(asked: string, registered: readonly string[]): string[] {
  const held = registered.map(parseScope).filter((scope) => scope !== undefined)
  const granted: string[] = []
  for (const text of new Set(asked.split(' '))) {
    const wanted = parseScope(text)
    if (wanted === undefined) continue
    if (covers(held, wanted)) granted.push(text)
    else granted.push(...held.flatMap((scope) => sharedScope(scope, wanted) ?? []).map(formatScope))
  }
  return [...new Set(granted)]
}
