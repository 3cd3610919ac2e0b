import { join } from 'node:path'
import { RuleTester } from 'oxlint/plugins-dev'
import { describe, test } from 'vitest'
import { boundaries } from './boundaries.ts'
import { root } from './place.ts'

RuleTester.describe = describe
RuleTester.it = test

const at = (path: string, code: string, name: string) => ({ filename: join(root, path), code, name })

new RuleTester().run('boundaries', boundaries, {
  valid: [
    at('server/src/records/read.ts', `import { Refusal } from '#base'`, 'a module names a module of its row'),
    at('server/src/records/read.ts', `import { seal } from './seal.ts'`, 'a module names its own files'),
    at('server/src/records/a/b.ts', `import { seal } from '../seal.ts'`, 'a folder within a module is not a border'),
    at(
      'server/src/records/x.db.test.ts',
      `import { test } from '../../test/postgres.ts'`,
      'a test names what tests share',
    ),
    at('server/src/keys/seal.test.ts', `import { seal } from '#keys'`, 'a test goes through the door of its module'),
    at('server/src/main.ts', `import { startHttp } from '#http'`, 'the composition root names every door'),
    at('server/test/journeys/a.test.ts', `import { openLedger } from '#ledger'`, 'a journey names every door'),
    at(
      'tools/bench/index.ts',
      `import { seal } from '../../server/src/keys/index.ts'`,
      'a tool names a door by its path',
    ),
    at('web/src/api/a.ts', `import type { Card } from '@chartkeep/model/office'`, 'the web names the shared model'),
    at(
      'server/src/policy/decide.ts',
      `import { resourceTypes } from '@chartkeep/model/fhir'`,
      'policy names the model',
    ),
  ],
  invalid: [
    {
      ...at('server/src/keys/a.ts', `import { transact } from '#db'`, 'a module outside its row'),
      errors: [/gives it base/],
    },
    {
      ...at('server/src/base/a.ts', `export { seal } from '#keys'`, 'base names nobody, not even to pass it on'),
      errors: 1,
    },
    { ...at('server/src/fhir/a.ts', `const ledger = await import('#ledger')`, 'nor when it is needed'), errors: 1 },
    { ...at('server/src/fhir/a.ts', `type Ledger = import('#ledger').Ledger`, 'nor for a type'), errors: 1 },
    { ...at('server/src/fhir/a.ts', `import { x } from '#nobody'`, 'a door that does not exist'), errors: 1 },
    { ...at('server/src/records/a.ts', `import { read } from '#records'`, 'a module through its own door'), errors: 1 },
    {
      ...at('server/src/fhir/a.ts', `import { read } from '../records/index.ts'`, 'a climb out of the module'),
      errors: 1,
    },
    {
      ...at('server/src/fhir/a.ts', `import { test } from '../../test/postgres.ts'`, 'test fixtures in the product'),
      errors: 1,
    },
    {
      ...at('server/src/main.ts', `import { read } from './records/read.ts'`, 'the composition root past a door'),
      errors: 1,
    },
    { ...at('server/src/stray/a.ts', `import { Refusal } from '#base'`, 'a folder without a row'), errors: [/no row/] },
    {
      ...at(
        'server/test/journeys/a.test.ts',
        `import { read } from '../../src/records/read.ts'`,
        'a journey past a door',
      ),
      errors: 1,
    },
    {
      ...at('tools/bench/index.ts', `import { read } from '../../server/src/records/read.ts'`, 'a tool past a door'),
      errors: 1,
    },
    {
      ...at('web/src/a.ts', `import { read } from '../../server/src/records/index.ts'`, 'the web in the server'),
      errors: 1,
    },
    { ...at('web/src/a.ts', `import { readFileSync } from 'node:fs'`, 'Node in the browser'), errors: 1 },
    {
      ...at('model/src/a.ts', `import { modules } from '../../server/modules.ts'`, 'the model in the server'),
      errors: 1,
    },
    { ...at('model/src/a.ts', `import { inspect } from 'node:util'`, 'Node in the model'), errors: 1 },
    {
      ...at('server/src/policy/a.ts', `import { readFileSync } from 'node:fs'`, 'policy that reads a file'),
      errors: 1,
    },
    { ...at('server/src/policy/a.ts', `import pg from 'pg'`, 'policy that asks a database'), errors: 1 },
    { ...at('web/src/a.ts', `import { x } from '@chartkeep/server'`, 'the server as a package'), errors: 1 },
  ],
})
