import { renameSync, writeFileSync } from 'node:fs'
import { type Server, table } from '../../server/src/cli/index.ts'
import type { Notes } from './notes.ts'

export function announce({ url, ca }: Server, { accounts, client }: Notes): void {
  const rows = accounts.map(({ user, role, name, password, totpSecret }) => [user, role, name, password, totpSecret])
  console.log(
    [
      '',
      `Chartkeep is at ${url}, with invented people, for this machine alone.`,
      ...(ca === undefined ? [] : [`Your browser trusts it once it knows the certificate in ${ca}`]),
      '',
      table(['user', 'role', 'name', 'password', 'second factor (TOTP secret)'], rows),
      '',
      ...(client === undefined ? [] : [`A program signs in as ${client.id} with the key in ${client.keyFile}`]),
      'Ctrl-C stops it. The same command starts it again with everything as it was left.',
    ].join('\n'),
  )
}

/** For programs that wait for the demonstration: whole when it is there. */
export function writeReadyFile(path: string, { url, fhir, ca }: Server, { accounts, client }: Notes): void {
  const ready = {
    ...{ url, fhir, ca },
    accounts: accounts.map(({ user, role, password, totpSecret }) => ({ user, role, password, totpSecret })),
    client,
  }
  const beside = `${path}.new`
  writeFileSync(beside, `${JSON.stringify(ready, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(beside, path)
}
