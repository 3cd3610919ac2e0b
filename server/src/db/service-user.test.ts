import { spawnSync } from 'node:child_process'
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chooseLaunch } from './service-user.ts'

const root = process.getuid?.() === 0

// A clone in a folder of mktemp's: root may enter it and nobody else. initdb asks access(2), which looks at the real user.
test.skipIf(!root)('as root, the service user finds programs in a closed folder, and may not write there', () => {
  const closed = mkdtempSync(join(tmpdir(), 'chartkeep-closed-'))
  try {
    const program = join(closed, 'program')
    writeFileSync(program, '')
    chmodSync(program, 0o755)
    expect(() => accessSync(program, constants.X_OK)).not.toThrow()
    const { command } = chooseLaunch([program])
    const look = `require('fs').accessSync(${JSON.stringify(program)}, require('fs').constants.X_OK)`
    const write = `require('fs').writeFileSync(${JSON.stringify(join(closed, 'other'))}, '')`
    const [found, written] = [look, write].map((code) => {
      const [first, ...rest] = command(process.execPath, ['-e', code])
      return spawnSync(first, rest, { cwd: '/', encoding: 'utf8' })
    })
    expect(found?.stderr).toBe('')
    expect(written?.stderr).toContain('EACCES')
  } finally {
    rmSync(closed, { recursive: true, force: true })
  }
})

test.skipIf(root)('an ordinary user starts the database as itself', () => {
  expect(chooseLaunch([tmpdir()])).toMatchObject({ owner: undefined })
})
