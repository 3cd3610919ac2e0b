import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chooseLaunch } from './service-user.ts'

const root = process.getuid?.() === 0

test.skipIf(!root)(
  'as root, the database runs as another user, who has no capability and reaches no closed folder',
  () => {
    const closed = mkdtempSync(join(tmpdir(), 'chartkeep-closed-'))
    try {
      const secret = join(closed, 'root.key')
      writeFileSync(secret, 'secret', { mode: 0o644 })
      const { command, owner } = chooseLaunch()
      const run = (program: string, ...args: string[]) => {
        const [first, ...rest] = command(program, args)
        return spawnSync(first, rest, { cwd: '/', encoding: 'utf8' })
      }
      const status = run('/bin/cat', '/proc/self/status').stdout
      expect(/^Uid:\s+(.*)$/m.exec(status)?.[1]?.split('\t')).toEqual(
        Array.from({ length: 4 }, () => String(owner?.uid)),
      )
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(new RegExp(`^${set}:\\s+0+$`, 'm').test(status), set).toBe(true)
      expect(/^NoNewPrivs:\s+1$/m.test(status)).toBe(true)
      expect(run('/bin/cat', secret)).toMatchObject({
        stdout: '',
        stderr: expect.stringContaining('Permission denied'),
      })
    } finally {
      rmSync(closed, { recursive: true, force: true })
    }
  },
)

test.skipIf(root)('an ordinary user starts the database as itself', () => {
  expect(chooseLaunch()).toMatchObject({ owner: undefined })
})
