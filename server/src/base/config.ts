import { readFileSync } from 'node:fs'

/** Reads one setting from the environment; `NAME_FILE` names a file that holds it, for secrets. */
export function readSetting(name: string): string | undefined {
  const file = process.env[`${name}_FILE`]
  if (file !== undefined && file !== '') return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  const value = process.env[name]
  return value === '' ? undefined : value
}

/** The environment of a thread of ours: nothing but where Node keeps compiled code, as it does for the process. */
export function threadEnvironment(): NodeJS.ProcessEnv {
  const compiled = readSetting('NODE_COMPILE_CACHE')
  return compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled }
}
