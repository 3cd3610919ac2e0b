// Command scripts: what a person types, what the real program answers, and its exit code. See the .txt files beside this.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { socketFolderFor } from '#db'
import { root } from '../repository.ts'

interface Typed {
  readonly line: string
  readonly expected: string
  readonly code: number
}

/** `$ command`, lines of output (both streams), `[code]` when it is not 0. `…` in a line stands for anything. */
function parseScript(text: string): Typed[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line = '', ...rest] = part.split('\n')
      const lines = rest.filter((one) => !one.startsWith('#') && one.trim() !== '')
      const code = /^\[(\d+)\]$/.exec(lines.at(-1) ?? '')?.[1]
      return { line, expected: (code === undefined ? lines : lines.slice(0, -1)).join('\n'), code: Number(code ?? 0) }
    })
}

function pattern(expected: string): RegExp {
  return new RegExp(
    `^${expected
      .split('…')
      .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[^\\n]*')}$`,
  )
}

async function type(line: string, folder: string): Promise<{ said: string; code: number | null }> {
  const child = spawn('/bin/sh', ['-c', line], {
    cwd: folder,
    env: environment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    said: said
      .replaceAll(folder, '~')
      .replaceAll(/\n\s*\n/g, '\n')
      .trim(),
    code,
  }
}

function environment(folder: string): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, CHARTKEEP_PASSPHRASE: __, ...rest } = process.env
  return { ...rest, PATH: `${folder}:${rest['PATH'] ?? ''}` }
}

describe('chartkeep, typed:', () => {
  const scripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'))

  test.each(scripts)('%s', async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'chartkeep-cli-'))
    const program = join(root, 'server/bin/chartkeep.mjs')
    writeFileSync(join(folder, 'chartkeep'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
      mode: 0o755,
    })
    try {
      for (const { line, expected, code } of parseScript(readFileSync(join(import.meta.dirname, name), 'utf8'))) {
        const answer = await type(line, folder)
        expect.soft(answer.said, line).toMatch(pattern(expected))
        expect.soft(answer.code, line).toBe(code)
      }
    } finally {
      await type('for server in .pids/*; do kill "$(cat "$server")"; done', folder)
      for (const data of ['.chartkeep/data', 'data', 'other'])
        rmSync(socketFolderFor(join(folder, data)), { recursive: true, force: true })
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
