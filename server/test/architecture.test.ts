// The repository about itself: what ARCHITECTURE.md says is computed here from the files.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { modules } from '../modules.ts'
import { dependenciesOf, isText, jsonOf, repositoryFiles, root, textOf } from './repository.ts'

const rows: Readonly<Record<string, readonly string[]>> = modules
const names = Object.keys(rows)
const files = repositoryFiles()

/** Every module that reaches `target`, by however many steps. */
function reach(target: string): string[] {
  const direct = names.filter((name) => rows[name]!.includes(target))
  return [...new Set([...direct, ...direct.flatMap(reach)])].toSorted()
}

describe('the table of modules', () => {
  test('has a row for every folder of server/src', () => {
    const folders = readdirSync(join(root, 'server/src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    expect(folders.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([])
  })

  test('has a door for every row', () => {
    expect(names.filter((name) => !existsSync(join(root, 'server/src', name, 'index.ts')))).toEqual([])
  })

  test('lets a module name only modules above it, so that there are no cycles', () => {
    for (const [at, name] of names.entries()) {
      const above = names.slice(0, at)
      expect(
        rows[name]!.filter((other) => !above.includes(other)),
        name,
      ).toEqual([])
    }
  })

  test('is what the imports of the server package offer, door by door', () => {
    const doors = Object.fromEntries(names.map((name) => [`#${name}`, `./src/${name}/index.ts`]))
    expect(jsonOf('server/package.json')['imports']).toEqual(doors)
  })

  test('is the table in ARCHITECTURE.md', () => {
    const section = /^## Modules of the server$([\s\S]*?)^## /m.exec(textOf('ARCHITECTURE.md'))?.[1] ?? ''
    const written = [...section.matchAll(/^\| `([a-z0-9]+)` \|[^|]+\| ([^|]*) \|$/gm)].map(
      ([, name = '', list = '']) => [name, list.trim() === '–' ? [] : list.trim().split(' ')],
    )
    expect(Object.fromEntries(written)).toEqual(rows)
  })
})

// A wider reach is a line changed here, seen in review.
describe('the reach of', () => {
  test.each([
    ['records', ['care', 'cli', 'fhir', 'import', 'office']],
    ['keys', ['care', 'cli', 'fhir', 'http', 'identity', 'import', 'ledger', 'office', 'records', 'smart']],
  ])('%s is a written list', (target, list) => {
    expect(reach(target)).toEqual(list)
  })

  test.each([
    ['records', ['care', 'cli', 'fhir', 'import', 'office']],
    ['keys', ['cli', 'identity', 'ledger', 'records']],
    ['db', ['cli', 'identity', 'ledger', 'records']],
  ])('%s by name is a written list', (target, list) => {
    expect(names.filter((name) => rows[name]!.includes(target)).toSorted()).toEqual(list)
  })

  test('policy is base alone: a decision cannot read, write or wait', () => {
    expect(rows['policy']).toEqual(['base'])
  })

  test('http holds no feature: it cannot name records', () => {
    expect(reach('records')).not.toContain('http')
  })
})

describe('base', () => {
  const base = files.filter((path) => path.startsWith('server/src/base/') && !path.endsWith('.test.ts'))

  test('is at most a dozen files', () => {
    expect(base.length).toBeLessThanOrEqual(12)
  })

  test('knows no clinical thing', () => {
    const clinical = /\b(diagnos[ei]s|medication|allerg(y|ies)|immunization|encounter|observation|prescription)\b/i
    expect(base.filter((path) => clinical.test(textOf(path)))).toEqual([])
  })
})

test('the keeper loads nothing but what Node has built in and its own files, so it stays small', () => {
  const code = files.filter((path) => path.startsWith('server/src/keeper/') && !path.endsWith('.test.ts'))
  const loaded = code.flatMap((path) => [...textOf(path).matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => name))
  expect(loaded).not.toEqual([])
  expect(loaded.filter((name) => !/^(node:|\.\/)/.test(name))).toEqual([])
})

describe('migrations', () => {
  const migrations = files.filter((path) => /\/migrations\//.test(path))

  test('are named NNNN-name.sql and numbered from 1 without a gap, below their module', () => {
    const byModule = Map.groupBy(migrations, (path) => /^server\/src\/([^/]+)\/migrations\//.exec(path)?.[1] ?? path)
    for (const [module, paths] of byModule) {
      expect(names).toContain(module)
      const numbers = paths.toSorted().map((path) => /\/migrations\/(\d{4})-[a-z0-9-]+\.sql$/.exec(path)?.[1])
      expect(numbers, module).toEqual(paths.map((_, at) => String(at + 1).padStart(4, '0')))
    }
  })

  const sqlOf = (path: string) => textOf(path).replace(/--.*$/gm, '')
  const moduleOf = (path: string) => path.split('/')[2]!

  test.each(migrations)('%s names no schema but its own', (path) => {
    const named = [
      ...sqlOf(path).matchAll(/\b(?:table|on|into|from|join|update|references|schema|exists)\s+([a-z_]+)(?=\.|\s*;)/gi),
    ]
    const schemas = named.map(([, schema = '']) => schema.toLowerCase()).filter((schema) => names.includes(schema))
    expect([...new Set(schemas)].filter((schema) => schema !== moduleOf(path))).toEqual([])
  })

  // The tree covers all tenants and says nothing about anyone: sizes, hashes, random ids.
  const withoutTenant = ['ledger.checkpoint', 'ledger.leaf']

  test('put every table under row-level security, by tenant but for a written list', () => {
    const sql = migrations.map(sqlOf).join('\n')
    const tables = [...sql.matchAll(/create table\s+(?:if not exists\s+)?([a-z_.]+)\s*\(([^;]*)\)/gi)]
    expect(tables.length).toBeGreaterThan(0)
    for (const [, table = '', columns = ''] of tables) {
      expect(sql, table).toMatch(new RegExp(`alter table ${table}\\s+enable row level security`))
      if (withoutTenant.includes(table)) continue
      expect(columns, table).toMatch(/\btenant\s+integer\s+not null/)
      expect(sql, table).toMatch(
        new RegExp(
          `create policy \\w+ on ${table}(?: for select)?(?: to chartkeep_app)?\\s+` +
            "using \\(tenant = current_setting\\('chartkeep.tenant'\\)::integer\\)",
        ),
      )
    }
    expect(withoutTenant.filter((name) => !tables.some(([, table]) => table === name))).toEqual([])
  })

  test('stay with what PostgreSQL 16 and Citus know', () => {
    expect(
      migrations.filter((path) => /\bcreate\s+(or replace\s+)?trigger\b|\buuidv7\s*\(/i.test(sqlOf(path))),
    ).toEqual([])
  })

  test('let the running role change or delete nothing in the ledger', () => {
    const ledger = migrations
      .filter((path) => moduleOf(path) === 'ledger')
      .map(sqlOf)
      .join('\n')
    const grants = [...ledger.matchAll(/grant\s+([a-z, ]+?)\s+on\s+[^;]+?\s+to\s+([a-z_, ]+);/gi)]
    const app = grants.filter(([, , roles = '']) => roles.includes('chartkeep_app')).map(([, rights = '']) => rights)
    expect(app.length).toBeGreaterThan(0)
    expect(app.filter((rights) => /update|delete|truncate|all/i.test(rights))).toEqual([])
  })
})

describe('dependencies', () => {
  const manifests = [
    'package.json',
    'model/package.json',
    'server/package.json',
    'web/package.json',
    'tools/runtime/package.json',
    'tools/mutants/package.json',
  ]
  const atRun = ['dependencies', 'optionalDependencies']

  test('are exact versions', () => {
    const asked = manifests.flatMap((path) => dependenciesOf(path, [...atRun, 'devDependencies']))
    const loose = asked.filter(
      ([name, version]) => !/^\d+\.\d+\.\d+(-[0-9a-z.]+)?$/.test(version) && !name.startsWith('@chartkeep/'),
    )
    expect(loose).toEqual([])
  })

  test('at run time each have a decision record, and each record a dependency', () => {
    const decided = files
      .filter((path) => /^docs\/decisions\/\d{4}-.*\.md$/.test(path))
      .flatMap((path) => [...textOf(path).matchAll(/^Packages: (.+)$/gm)])
      .flatMap(([, list = '']) => [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name))
    const used = manifests
      .flatMap((path) => dependenciesOf(path, atRun).map(([name]) => name))
      .filter((name) => !name.startsWith('@chartkeep/'))
    expect([...new Set(decided)].toSorted()).toEqual([...new Set(used)].toSorted())
  })

  test('are all in the lock, those for other platforms too', () => {
    for (const folder of ['', 'tools/runtime/', 'tools/mutants/']) {
      const lock = jsonOf(`${folder}package-lock.json`)['packages'] as Record<
        string,
        { optionalDependencies?: Record<string, string>; inBundle?: boolean }
      >
      const missing = Object.entries(lock).flatMap(([path, entry]) =>
        Object.keys(entry.inBundle === true ? {} : (entry.optionalDependencies ?? {})).filter(
          (name) => !(`${path}/node_modules/${name}` in lock) && !(`node_modules/${name}` in lock),
        ),
      )
      expect(missing, folder).toEqual([])
    }
  })

  test('run no install script', () => {
    expect(textOf('.npmrc')).toMatch(/^ignore-scripts=true$/m)
  })
})

describe('decision records', () => {
  const records = files.filter((path) => path.startsWith('docs/decisions/')).toSorted()

  test('are numbered from 1 without a gap', () => {
    expect(records.map((path) => /\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1])).toEqual(
      records.map((_, at) => String(at + 1).padStart(4, '0')),
    )
  })

  test.each(records)('%s has question, options, choice and cost', (path) => {
    const headings = [...textOf(path).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(['Question', 'Options', 'Choice', 'Cost'])
  })
})

test('documents name only files that exist', () => {
  const broken = files
    .filter((path) => path.endsWith('.md') && isText(path))
    .flatMap((path) =>
      [...textOf(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .filter(([, target = '']) => !existsSync(join(root, path, '..', target)))
        .map(([, target]) => `${path}: ${target}`),
    )
  expect(broken).toEqual([])
})
