// `npm run check`: types, lint, format, dead code.
import { runChecks } from './checks.ts'

const { passed, failed } = await runChecks()
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
