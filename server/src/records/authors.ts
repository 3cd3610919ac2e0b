import type { Author, Ledger, WrittenVersion } from '#ledger'
import { Grant } from '#policy'

/** Who wrote each of these versions, with the note kept beside it; undefined where the ledger does not say. */
export async function authors(
  ledger: Pick<Ledger, 'authorsOf'>,
  grant: Grant<'update'>,
  versions: readonly WrittenVersion[],
): Promise<(Author | undefined)[]> {
  // The type says so already; this holds for code that got round the compiler, too.
  if (!(grant instanceof Grant)) throw new Error('only policy makes a grant')
  return ledger.authorsOf(grant.question.actor.tenant, versions)
}
