// Writes the folders `generated` of model/src from the R4 definitions and the packages of US Core:
// `node tools/generate/index.ts`. With `--check` it writes nothing and fails when a file differs from what would be written.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate } from './generate.ts'
import { generateProfiles } from './profiles.ts'

const folder = fileURLToPath(new URL('../../model/src/', import.meta.url))
const check = process.argv.includes('--check')
const { files, missing } = generateProfiles()
for (const [file, text] of [...generate(), ...files]) {
  if (!check) {
    mkdirSync(dirname(folder + file), { recursive: true })
    writeFileSync(folder + file, text)
  } else if (readFileSync(folder + file, 'utf8') !== text) {
    process.exitCode = 1
    process.stderr.write(`${file} is not what the definitions give: run node tools/generate/index.ts\n`)
  }
}
if (missing !== undefined) process.stderr.write(`${missing} is left as it is: the packages of US Core are not here\n`)
