// What somebody does who has the files of the database: statements as its superuser, while nothing runs.
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { Secret } from '#base'
import { prepareCluster, runAlone, socketFolderFor } from '#db'
import { commandOf, isAlive } from './serving.ts'

/** Each statement on one line. */
export async function tamper(data: string, ...statements: readonly string[]): Promise<void> {
  const unused = new Secret(Buffer.alloc(0))
  await runAlone(await prepareCluster(data, unused, true), statements, 'chartkeep')
}

/** Processes that have this practice in their command line, ours and PostgreSQL's. */
export function processesOf(data: string): number[] {
  const marks = [`--data\0${data}\0`, socketFolderFor(data)]
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && isAlive(pid) && marks.some((mark) => commandOf(pid).includes(mark)))
}

export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return open
}
