import { join } from 'node:path'
import { RuleTester } from 'oxlint/plugins-dev'
import { describe, test } from 'vitest'
import { given } from './given.ts'
import { noOwnMocks } from './no-own-mocks.ts'
import { ownSchema } from './own-schema.ts'
import { root } from './place.ts'
import { settledTarget } from './settled-target.ts'
import { strongHash } from './strong-hash.ts'

RuleTester.describe = describe
RuleTester.it = test

const at = (path: string, code: string, name: string) => ({ filename: join(root, path), code, name })
const records = 'server/src/records/read.ts'

new RuleTester().run('own-schema', ownSchema, {
  valid: [
    at(records, `tx.query({ text: 'select body from records.resource where id = $1' })`, 'its own schema'),
    at(records, `tx.query({ text: 'select * from unnest($1::uuid[]) as ledger' })`, 'the word alone is no schema'),
    at('server/src/records/theft.db.test.ts', `owner.query('delete from ledger.entry')`, 'a test plays the attacker'),
    at('server/test/faults/a.test.ts', `owner.query('delete from ledger.entry')`, 'so does a fault test'),
  ],
  invalid: [
    { ...at(records, `q('select * from ledger.entry')`, 'another schema in a string'), errors: [/belongs to another/] },
    {
      ...at(records, 'q(`select ${a} from ledger.entry join identity.account using (id)`)', 'two in a template'),
      errors: 2,
    },
    { ...at(records, `q('INSERT INTO "ledger"."entry" values (1)')`, 'quoted and loud'), errors: 1 },
    {
      ...at('server/src/fhir/a.ts', `q('update records.resource set body = null')`, 'a module without tables'),
      errors: 1,
    },
  ],
})

new RuleTester().run('given', given, {
  valid: [
    at(records, `const at = clock.now()`, 'a clock that was given'),
    at(records, `const at = new Date(entry.at)`, 'a date made from a time'),
    at('server/src/base/clock.ts', `export const now = () => Date.now()`, 'base is where they come from'),
    at('server/src/cli/serve.ts', `const data = process.env['DATA']`, 'a command line reads its environment'),
    at('web/src/clock.ts', `export const now = () => Date.now()`, 'the clock of the web app'),
    at('server/src/records/a.test.ts', `const at = Date.now()`, 'a test may measure'),
  ],
  invalid: [
    { ...at(records, `const at = Date.now()`, 'the time'), errors: [/take a Clock/] },
    { ...at(records, `const at = new Date()`, 'the time, dressed up'), errors: 1 },
    { ...at(records, `const chance = Math.random()`, 'chance'), errors: 1 },
    { ...at(records, `const { HOME } = process.env`, 'the environment'), errors: 1 },
    { ...at(records, `import { env } from 'node:process'`, 'the environment by import'), errors: 1 },
    { ...at('web/src/pages/a.tsx', `const at = Date.now()`, 'the time in a page'), errors: 1 },
  ],
})

new RuleTester().run('strong-hash', strongHash, {
  valid: [at(records, `createHash('sha256')`, 'SHA-256'), at(records, `look('sha1')`, 'a word is no hash')],
  invalid: [
    { ...at(records, `createHash('md5')`, 'MD5'), errors: 1 },
    { ...at(records, `crypto.createHmac('SHA1', key)`, 'SHA-1 with a key'), errors: 1 },
    { ...at(records, `await crypto.subtle.digest('SHA-1', bytes)`, 'SHA-1 of the browser'), errors: 1 },
    { ...at('tools/a.ts', `createHash('sha1')`, 'not even in a tool'), errors: 1 },
  ],
})

new RuleTester().run('settled-target', settledTarget, {
  valid: [
    at(records, 'class A { add() { const row = this.insert(); this.rows[row] = 1 } }', 'the call comes before'),
    at(records, 'class A { add() { this.rows[codeOf(1)] = this.insert() } }', 'a call that cannot reach the array'),
    at(records, 'const rows = this.rows; rows[this.next()] = 1', 'an array that stays what it is'),
  ],
  invalid: [
    { ...at(records, 'class A { add() { this.rows[this.insert() ?? 0] = 1 } }', 'a call in the index'), errors: 1 },
    {
      ...at(
        records,
        'class A { #r = []; #next() { return 0 } add() { this.#r[this.#next()] += 1 } }',
        'of private fields',
      ),
      errors: 1,
    },
    { ...at(records, 'class A { async add() { this.rows[await next()] = 1 } }', 'something awaited'), errors: 1 },
  ],
})

new RuleTester().run('no-own-mocks', noOwnMocks, {
  valid: [at('server/src/a/a.test.ts', `vi.mock('nodemailer')`, 'what is outside')],
  invalid: [
    { ...at('server/src/a/a.test.ts', `vi.mock('#keys')`, 'a module'), errors: 1 },
    { ...at('server/src/a/a.test.ts', `vi.doMock('./seal.ts', () => ({}))`, 'a file'), errors: 1 },
    { ...at('server/src/a/a.test.ts', `vi.mock(import('#keys'))`, 'a module by import'), errors: 1 },
  ],
})
