import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const program = `
  import { toldToStop, untilToldToStop } from ${JSON.stringify(join(import.meta.dirname, 'serve.ts'))}
  const told = toldToStop()
  const alive = setInterval(() => {}, 1000)
  console.log('up')
  await untilToldToStop(told)
  setTimeout(() => { console.log('in order'); clearInterval(alive) }, 300)
`

// A service manager's signal to the group reaches us, and once more through the program that started us.
test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s twice at once is one: it stops in order', async (signal) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: import.meta.dirname })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (said !== 'up\n') return
    child.kill(signal)
    setTimeout(() => child.kill(signal), 50)
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect({ said, code }).toEqual({ said: 'up\nin order\n', code: 0 })
})
