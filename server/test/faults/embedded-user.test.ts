// What the embedded database may do on this machine, and what SQL may: nothing beside its own folder.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { type DatabaseRole, socketFolderFor, socketTarget } from '#db'
import { openKeyring } from '#keys'
import { openCaller } from './caller.ts'
import { childrenOf, newChartkeep, postmasterOf, signal, workersOf } from './serving.ts'

const root = process.getuid?.() === 0

const statusOf = (pid: number): string => readFileSync(`/proc/${pid}/status`, 'utf8')

test('no role of ours reads a file, runs a program or becomes one that may, and the superuser cannot log in', async () => {
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve()
  const { data } = chartkeep
  const keysFolder = `${data}.keys`
  const keys = await openKeyring(keysFolder, { kind: 'file', path: join(keysFolder, 'root.key') })
  const target = socketTarget(socketFolderFor(data), 'chartkeep', (role) => keys.password(role))
  const secret = join(keysFolder, 'root.key')
  const ways = [
    `select pg_read_binary_file('${secret}')`,
    `select pg_read_file('postgresql.conf')`,
    `select pg_ls_dir('${keysFolder}')`,
    `select pg_stat_file('${secret}')`,
    `select lo_import('${secret}')`,
    `copy (select 1) to '${join(data, 'loot')}'`,
    `copy (select 1) to program 'cat ${secret} > /tmp/loot'`,
    `grant pg_read_server_files to current_user`,
    `grant pg_execute_server_program to current_user`,
    `alter role current_user superuser`,
    `alter role postgres login password 'loot'`,
    `set role postgres`,
    `alter system set archive_command = 'cat ${secret}'`,
    `create role loot superuser`,
    `create function public.loot() returns text language internal as 'pg_read_file'`,
    `create extension file_fdw`,
    `select pg_reload_conf()`,
  ]
  for (const role of ['owner', 'app', 'reader'] satisfies DatabaseRole[]) {
    const client = new pg.Client(target.connection(role))
    await client.connect()
    for (const way of ways) {
      const outcome = await client.query(way).then(
        () => 'done',
        (error: Error & { code?: string }) => error.code,
      )
      expect.soft(outcome, `${role}: ${way}`).toMatch(/^(42501|0LP01|0A000)$/)
    }
    const { rows } = await client.query(
      `select rolname, rolsuper, rolcanlogin from pg_roles where rolsuper or (rolcanlogin and rolname !~ '^chartkeep_')`,
    )
    expect(rows).toEqual([{ rolname: 'postgres', rolsuper: true, rolcanlogin: false }])
    await client.end()
  }
  const postgres = new pg.Client({ ...target.connection('owner'), user: 'postgres' })
  await expect(postgres.connect()).rejects.toThrow()
  // All that needs the owner goes on: another start, a new epoch of the keys.
  expect(await chartkeep.command('keys', 'rotate')).toMatchObject({ code: 0 })
  await serving.end('SIGTERM')
  await (await chartkeep.serve()).end('SIGTERM')
})

test.skipIf(!root)(
  'started as root, every process of the database is another user’s and has no capability',
  async () => {
    // The data folder is below a folder that only root may enter: the database is led there all the same.
    const chartkeep = await newChartkeep()
    const serving = await chartkeep.serve()
    const postmaster = postmasterOf(chartkeep.data) ?? 0
    const all = [postmaster, ...childrenOf(postmaster)]
    expect(all.length).toBeGreaterThan(5)
    for (const pid of all) {
      const status = statusOf(pid)
      expect(/^Uid:\s+0\s/m.test(status), `uid of ${pid}`).toBe(false)
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(new RegExp(`^${set}:\\s+0+$`, 'm').test(status), `${set} of ${pid}`).toBe(true)
      expect(/^NoNewPrivs:\s+1$/m.test(status)).toBe(true)
    }
    await serving.end('SIGTERM')
  },
)

test('a signal opens no debugger, in no process of ours, and ends none', async () => {
  const chartkeep = await newChartkeep()
  for (const workers of ['1', '2']) {
    const serving = await chartkeep.serve('--workers', workers)
    const ours = [serving.keeper, serving.pid, ...workersOf(serving.pid)]
    expect(ours).toHaveLength(workers === '1' ? 2 : 4)
    for (const pid of ours) signal(pid, 'SIGUSR1')
    await pause(1500)
    expect(chartkeep.logged()).not.toMatch(/Debugger listening/)
    const caller = openCaller(serving.url, serving.ca)
    expect((await caller.ask('/readyz')).status).toBe(200)
    expect([serving.keeper, serving.pid, ...workersOf(serving.pid)]).toEqual(ours)
    caller.close()
    await serving.end('SIGTERM')
  }
})
