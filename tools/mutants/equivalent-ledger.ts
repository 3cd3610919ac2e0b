import type { Equivalent } from './equivalent.ts'

const never = 'Never reached; the compiler does not know.'
const slower = 'The other way gives the same, more slowly.'
const caught = 'Whoever reads a batch catches it: the words are for whoever reads the code.'
const smaller = 'Only how many are looked at together, and fewer at that.'
const named = 'A statement without a name is parsed each time.'
const pages = 'Only how many are compared at once.'
const threads = 'Only how many signatures are checked at once.'
const first = 'Undefined comes of it either way.'

const rows: readonly (readonly [string, string, string])[] = [
  ['tree', 'left === undefined → false', never],
  ['tree', '\'the frontier lost a peak\' → ""', never],
  ['proofs', 'first === undefined → false', never],
  ['batch', 'entry.actor === null → false', 'More room than is needed is reserved, and cut off.'],
  ['batch', 'entry.patient === null → false', 'More room than is needed is reserved, and cut off.'],
  ['batch', '\'a batch of entries ends too early\' → ""', caught],
  ['batch', '\'an entry with parts that there are not\' → ""', caught],
  ['batch', '\'an entry of no time\' → ""', caught],
  ['batch', 'shared === 0 → false', slower],
  ['batch', '{ if (error instanceof RangeError) return undefined throw error } → {}', 'Nothing else is thrown there.'],
  ['batch', 'error instanceof RangeError → true', 'Nothing else is thrown there.'],
  ['entry', 'facts.actor.id !== undefined → true', 'What is undefined is no UUID.'],
  ['entry', 'only !== undefined → true', 'The first of one is there; the compiler does not know.'],
  ['entry', 'length <= desk.length → length < desk.length', slower],
  ['entry', 'length <= desk.length → false', slower],

  ['header', '{ return undefined } → {}', first],
  ['recent', 'clearTimeout(timer) → ;', 'A timer that is left hands over sooner, or nothing.'],
  ['access', '\'\' → "Stryker was here!"', never],
  ['access', 'row.entries.length === 0 → false', first],
  ['access', 'a < b → a <= b', 'What is equal is told apart before.'],
  ['batch', 'at < last → at <= last', 'What begins and ends in one place is empty.'],
  ['batch', 'at < last → false', 'What begins behind its end is empty.'],
  ['verify-access', '[] → ["Stryker was here"]', 'Filled before it is looked at.'],
  ['verify-checkpoints', 'row === undefined → false', never],
  ['verify-checkpoints', 'this.#checking.size >= atOnce → false', threads],
  ['verify-checkpoints', 'this.#checking.size >= atOnce → this.#checking.size > atOnce', threads],
  ['verify-checkpoints', '() => this.#checking.delete(checking) → () => undefined', threads],
  ['verify-witness', '[] → ["Stryker was here"]', 'What is no name of a log is left out.'],
  ['verify-witness', 'sizes[i]?.size → sizes[i].size', never],
  ['verify-witness', 'page.length === pageLength → true', pages],
  ['verify-witness', 'page.length === pageLength → false', pages],
  ['verify-witness', 'page.length === pageLength → page.length !== pageLength', pages],
  ['verify-witness', '\'\' → "Stryker was here!"', 'Neither is a checkpoint.'],
  ['verify-states', 'rows[0]?.n → rows[0].n', never],
  ['verify-states', 'stateful.length === 0 → false', slower],
  ['verify-passes', 'all[0]?.index → all[0].index', never],
  ['verify-entries', 'rows[0]?.next → rows[0].next', never],
  ['verify-entries', 'found?.entry → found.entry', never],
  ['verify-states', 'entries.filter(({ states }) => states.length > 0) → entries', slower],
  ['verify-states', 'states.length > 0 → true', slower],
  ['verify-states', 'states.length > 0 → states.length >= 0', slower],
  ['stored', '\'ledger-batches\' → ""', named],
  ['stored', '\'ledger-unseen\' → ""', named],
  ['stored', 'rows[0]?.now → rows[0].now', never],
  ['stored', 'last === undefined → false', 'There are fewer than the limit then.'],
  ['tree-store', '\'ledger-runs\' → ""', named],
  ['verify', 'leaves > 0 && leaves + run.ids.length > leavesAtOnce → true', smaller],
  [
    'verify',
    'leaves > 0 && leaves + run.ids.length > leavesAtOnce → leaves > 0 || leaves + run.ids.length > leavesAtOnce',
    smaller,
  ],
  ['verify', 'leaves > 0 → true', smaller],
  ['verify', 'leaves > 0 → leaves >= 0', smaller],
  ['verify', 'leaves + run.ids.length > leavesAtOnce → true', smaller],
  ['verify', 'leaves + run.ids.length > leavesAtOnce → leaves + run.ids.length >= leavesAtOnce', smaller],
  ['verify', 'page.length > 0 → true', 'A page of nothing is nothing to look at.'],
  ['verify', 'page.length > 0 → page.length >= 0', 'A page of nothing is nothing to look at.'],
  ['verify', 'last === undefined → false', never],
  ['witness-check', '[] → ["Stryker was here"]', 'What is no name of a log is left out.'],
]

export const ledgerEquivalents: readonly Equivalent[] = rows.map(([name, change, reason]) => ({
  file: `server/src/ledger/${name}.ts`,
  change,
  reason,
}))
