// How stored records are made small: preset dictionaries by type, and packing that uses what the row says already.
export { pack, type RowFacts, unpack } from './pack.ts'
