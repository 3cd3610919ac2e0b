// The `chartkeep` command: one file per command. A command is given the system to work with; what it finds wrong is said
// in plain words on standard error, and its exit code is 0 only when everything asked for was done.
export { run } from './run.ts'
export { UsageFault } from './command.ts'
export { generateKey } from './client-add.ts'
export {
  type Installation,
  InstallationFault,
  isInstalled,
  type Layout,
  layoutOf,
  readInstallation,
  requireOwnMachine,
  writeInstallation,
} from './installation.ts'
export { plainWords, WrongKeyring } from './plain-words.ts'
export { portIn, toldToStop, untilToldToStop, workersIn } from './serve.ts'
export type { CheckedPart, Composition, Inspected, Server, ServerOptions, System, SystemOptions } from './system.ts'
export { table } from './table.ts'
export { version } from './version.ts'
