import { identityEquivalents } from './equivalent-identity.ts'
import { ledgerEquivalents } from './equivalent-ledger.ts'
import { policyEquivalents } from './equivalent-policy.ts'
import { recordsEquivalents } from './equivalent-records.ts'

/** A mutant that no test can kill, because the mutated code behaves alike; with the reason, for a reviewer to judge. */
export interface Equivalent {
  readonly file: string
  /** The change as the report prints it: `original → replacement`. */
  readonly change: string
  readonly reason: string
}

const wiped = 'Memory that is given back is not looked at by anything that a test can see.'
const kept = 'What is not kept is worked out anew: slower, and the same.'

/** Left out of the score. */
export const equivalents: readonly Equivalent[] = [
  ...policyEquivalents,
  ...identityEquivalents,
  ...ledgerEquivalents,
  ...['derive', 'keyring', 'mac', 'ring-file', 'root'].map((name) => ({
    file: `server/src/keys/${name}.ts`,
    change: 'bytes.fill(0) → ;',
    reason: wiped,
  })),
  { file: 'server/src/keys/ledger-keys.ts', change: 'seed.fill(0) → ;', reason: wiped },
  { file: 'server/src/keys/seal.ts', change: 'plain.fill(0) → ;', reason: wiped },
  {
    file: 'server/src/keys/seal.ts',
    change: '{ authTagLength: tagLength } → {}',
    reason: 'setAuthTag is given 16 bytes in any case: too short a text is refused before.',
  },
  {
    file: 'server/src/keys/seal.ts',
    change: 'used === pool.length → true',
    reason: 'IVs are drawn anew each time: slower, and as random.',
  },
  ...['mac === undefined → true', 'macs.set(key, mac) → ;'].map((change) => ({
    file: 'server/src/keys/mac.ts',
    change,
    reason: kept,
  })),
  {
    file: 'server/src/keys/mac.ts',
    change: 'i < blockLength → i <= blockLength',
    reason: 'The byte behind the block is overwritten by the message, or not hashed.',
  },
  ...['message.length <= room → false', 'message.length <= room → message.length < room', 'first !== inner → true'].map(
    (change) => ({
      file: 'server/src/keys/mac.ts',
      change,
      reason: 'A block of its own, or a copy onto itself, gives the same bytes more slowly.',
    }),
  ),
  ...['known !== undefined → false', 'this.#hmacKeys.set(purpose, key) → ;', 'this.#wrapKeys.set(name, key) → ;'].map(
    (change) => ({ file: 'server/src/keys/keyring.ts', change, reason: kept }),
  ),
  ...['wrapKey === undefined → false', '\'the newest epoch has no key\' → ""'].map((change) => ({
    file: 'server/src/keys/keyring.ts',
    change,
    reason: 'Never reached: a keyring without its newest epoch does not open.',
  })),
  ...["recipe.kind === 'file' → false", "value['format'] !== format → false", "typeof value === 'number' → true"].map(
    (change) => ({
      file: 'server/src/keys/ring-file.ts',
      change,
      reason:
        'JSON leaves out what is undefined, the one spelling is compared below, and isInteger takes numbers alone.',
    }),
  ),
  {
    file: 'server/src/keys/root.ts',
    change: "recipe.kind !== 'file' → false",
    reason: 'The root that is read then fails the check, which is the same fault.',
  },
  ...['{ await file.close() } → {}', '{ await folder.close() } → {}'].flatMap((change) =>
    ['durable', 'root'].map((name) => ({
      file: `server/src/keys/${name}.ts`,
      change,
      reason: 'A file left open is closed with the process; nothing here reads what is open.',
    })),
  ),
  ...[
    "{ const folder = await open(path, 'r') try { await folder.sync() } finally { await folder.close() } } → {}",
    '{ await folder.sync() } → {}',
  ].map((change) => ({
    file: 'server/src/keys/durable.ts',
    change,
    reason: 'Shows only after a power failure.',
  })),
  ...recordsEquivalents,
]
