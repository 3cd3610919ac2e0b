import type { Author, Ledger, WrittenVersion } from '#ledger'
import { Grant } from '#policy'

/** Who wrote a version. */
export interface WrittenBy extends Pick<Author, 'kind'> {
  /** Of the state that it was made of, as its note says. */
  readonly updated: number | undefined
}

/**
 * Who wrote each of these versions; undefined where the ledger does not say. What their notes hold beside a time is
 * content, and stays sealed.
 */
export async function authors(
  ledger: Pick<Ledger, 'authorsOf'>,
  grant: Grant<'update'>,
  versions: readonly WrittenVersion[],
): Promise<(WrittenBy | undefined)[]> {
  // The type says so already; this holds for code that got round the compiler, too.
  if (!(grant instanceof Grant)) throw new Error('only policy makes a grant')
  const found = await ledger.authorsOf(grant.question.actor.tenant, versions)
  return found.map((author) => (author === undefined ? undefined : { kind: author.kind, updated: updatedIn(author) }))
}

function updatedIn({ note }: Author): number | undefined {
  const updated: unknown = typeof note === 'object' && note !== null ? Reflect.get(note, 'updated') : note
  return typeof updated === 'number' ? updated : undefined
}
