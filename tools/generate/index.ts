// Writes the folders `generated` of model/src from the R4 definitions: `node tools/generate/index.ts`. With `--check` it writes
// nothing and fails when a file differs from what would be written.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate } from './generate.ts'

const folder = fileURLToPath(new URL('../../model/src/', import.meta.url))
const check = process.argv.includes('--check')
for (const [file, text] of generate()) {
  if (!check) {
    mkdirSync(dirname(folder + file), { recursive: true })
    writeFileSync(folder + file, text)
  } else if (readFileSync(folder + file, 'utf8') !== text) {
    process.exitCode = 1
    process.stderr.write(`${file} is not what the definitions give: run node tools/generate/index.ts\n`)
  }
}
