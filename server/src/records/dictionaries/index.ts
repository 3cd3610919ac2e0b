// How stored records are made small: preset dictionaries by type, and packing that uses what the row says already.
export { type Dictionary, dictionaryById, dictionaryFor } from './dictionary.ts'
export { pack, type RowFacts, unpack } from './pack.ts'
