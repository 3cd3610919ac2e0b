import type { Equivalent } from './equivalent.ts'

const first = 'Undefined comes of it either way.'
const never = 'Never reached; the compiler does not know.'
const stable = 'Codes are made and compared in one order, whichever it is.'
const caught = 'Whoever reads a column catches it: the words are for whoever reads the code.'

const rows: readonly (readonly [string, string, string])[] = [
  ['assertion', '{ return undefined } → {}', first],
  [
    'assertion',
    '!(error instanceof errors.JWTClaimValidationFailed) → false',
    'An error without a claim is found under no claim, which is the same fault.',
  ],
  ['client-keys', '{ return undefined } → {}', first],
  ['recovery-codes', '\'A\' → ""', 'Five bits are always a place in the alphabet.'],
  ['totp', '/^\\d{6}$/ → /\\d{6}$/', 'The library compares lengths too.'],
  ['totp', '/^\\d{6}$/ → /^\\d{6}/', 'The library compares lengths too.'],
  ['hash-queue', 'count > 0 → true', 'A count of nought is the same as none.'],
  ['hash-queue', 'count > 0 → count >= 0', 'A count of nought is the same as none.'],
  ['hash-queue', '[] → ["Stryker was here"]', 'A text is no pair of a name and a number that could be reached.'],
  ['password-hash', 'stored !== undefined → true', 'No password has a hash of zeros alone.'],
  ['password-hash', 'error === null → true', 'Whatever argon2 refuses it refuses before it begins.'],
  ['authentic', '{ return undefined } → {}', first],
  ['authentic', '\'not a time\' → ""', caught],
  ['authentic', '\'not bytes\' → ""', caught],
  ['authentic', '!Buffer.isBuffer(value) → false', 'Text in the place of bytes gives another code.'],
  ['account-state', 'a < b → a <= b', stable],
  ['account-state', 'a < b → a >= b', stable],
  ['client-state', 'a < b → a <= b', stable],
  ['client-state', 'a < b → a >= b', stable],
  ['client-state', '\'a column is empty\' → ""', caught],
  ['standings', 'version <= known → version < known', 'The same number again changes nothing.'],
  ['standings', 'oldest !== undefined → true', never],
  ['watchers', "typeof now === 'object' → true", 'A word has no role.'],
  ['watchers', 'this.#watched.size > 0 → true', 'Where nobody watches nobody is asked about.'],
  ['watchers', 'this.#watched.size > 0 → this.#watched.size >= 0', 'Where nobody watches nobody is asked about.'],
  ['notices', '[] → ["Stryker was here"]', 'The first of what is found is the whole text, which is not looked at.'],
  ['notices', 'kind === undefined → false', 'Both are found or neither.'],
  ['notices', 'subject === undefined → false', 'Both are found or neither.'],
  [
    'notices',
    'kind === undefined || subject === undefined → kind === undefined && subject === undefined',
    'Both are found or neither.',
  ],
  ['second-factor', '\'\' → "Stryker was here!"', never],
  ['guessable', '\'\' → "Stryker was here!"', never],
  [
    'guessable',
    '/[^\\p{L}\\p{N}]+/u → /[^\\p{L}\\p{N}]/u',
    'An empty piece is shorter than three letters, and left out.',
  ],
  ['guessable', 'length > longestPiece → false', 'No listed piece is as long: it is looked for in vain.'],
  [
    'guessable',
    'length > longestPiece → length >= longestPiece',
    'No listed piece is as long: it is looked for in vain.',
  ],
  ['guessable', '\'qwertyuiop\' → ""', 'Each of its steps stands in the German or the French row.'],
]

export const identityEquivalents: readonly Equivalent[] = rows.map(([file, change, reason]) => ({
  ...{ file: `server/src/identity/${file}.ts`, change, reason },
}))
