import { rotateKeys } from '#records'
import { operator } from './by.ts'
import type { Command } from './command.ts'
import { systemOptions, witnessOption } from './options.ts'

export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'Wrap every key anew under a new epoch, and destroy the older ones.',
  options: witnessOption,
  notes: 'Works beside a running server. Backups of the keyring from before do not open what is written from now on.',
  async run(given, means) {
    const { terminal, composition } = means
    const options = await systemOptions(given, means)
    const system = await composition.openSystem(options)
    try {
      const { db, keys, ledger, tenant } = system
      const { epoch, wrapped } = await rotateKeys(db, keys, tenant, (count) =>
        terminal.progress(`${count} keys wrapped`),
      )
      const { actor, workstation, request } = operator(options.clock)
      await ledger.record({
        ...{ tenant, at: options.clock.now(), actor, workstation, request, action: 'keys-rotate', outcome: 'done' },
        ...{ types: [], patients: [], records: [], details: { epoch, wrapped } },
      })
      terminal.note('')
      terminal.say(`Epoch ${epoch}: ${wrapped} keys wrapped, older epochs destroyed.`)
      terminal.say(`Keep a new copy of the keyring in ${options.installation.layout.keys} away from this machine.`)
      return 0
    } finally {
      await system.close()
    }
  },
}
