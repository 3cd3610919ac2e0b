// A server below its keeper (src/keep-server.ts), which starts it within V8's limits and under Node 24.
import { run } from '../src/main.ts'

process.exitCode = await run(process.argv.slice(2), true)
