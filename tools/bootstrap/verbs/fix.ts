// `npm run fix [paths]`: what the tools can put right by themselves. Look at the difference before you commit it.
import { spawnSync } from 'node:child_process'

const paths = process.argv.slice(2)
const runs: readonly (readonly [string, ...string[]])[] = [
  ['oxlint', '--type-aware', '--fix', ...paths],
  ['oxfmt', ...paths],
]

for (const [command, ...parameters] of runs) {
  const { status } = spawnSync(command, parameters, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
