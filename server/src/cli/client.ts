import { parseId, Refusal } from '#base'
import { type ClientSummary, listClients } from '#identity'
import { operator } from './by.ts'
import { type Command, UsageFault } from './command.ts'
import { witnessOption } from './options.ts'
import { table } from './table.ts'
import { withSystem } from './with-system.ts'

export const clientList: Command = {
  name: 'client list',
  summary: 'Show all programs that may sign in, and those that may no longer.',
  options: witnessOption,
  run: (given, means) =>
    withSystem(given, means, async ({ identity, tenant }, clock) => {
      const clients = await listClients(identity.parts, tenant, operator(clock))
      const head = ['client id', 'name', 'state', 'added (UTC)', 'scopes', 'may update without version because']
      means.terminal.say(table(head, clients.map(lineOf)))
    }),
}

function lineOf({ id, name, disabled, damaged, created, scopes, updatesBlindly = '' }: ClientSummary): string[] {
  const added = new Date(created).toISOString().slice(0, 10)
  return [id, name, damaged ? 'damaged' : disabled ? 'disabled' : 'active', added, scopes.join(' '), updatesBlindly]
}

export const clientDisable: Command = {
  name: 'client disable',
  summary: 'End a program’s access and its tokens at once.',
  operands: 'ID',
  options: witnessOption,
  async run(given, means) {
    const [wanted, ...more] = given.operands
    if (wanted === undefined || more.length > 0) throw new UsageFault('Name one client by its id.')
    return withSystem(given, means, async ({ identity, tenant }, clock) => {
      const unknown = new UsageFault('No client has that id. chartkeep client list shows them.')
      const id = parseId(wanted)
      if (id === undefined) throw unknown
      await identity.disableClient(tenant, id, operator(clock)).catch((error: unknown) => {
        throw error instanceof Refusal && error.code === 'not-found' ? unknown : error
      })
    })
  },
}
