import { readFileSync } from 'node:fs'

/** Reads one setting from the environment; `NAME_FILE` names a file that holds it, for secrets. */
export function readSetting(name: string): string | undefined {
  const file = process.env[`${name}_FILE`]
  if (file !== undefined && file !== '') return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  const value = process.env[name]
  return value === '' ? undefined : value
}
