// A thread that seals and opens pages of records beside the one that serves (started by sealer.ts).
import { flushCompileCache } from 'node:module'
import { parentPort } from 'node:worker_threads'
import { type Asked, carryOut } from './packet.ts'

parentPort?.on('message', ({ number, ...asked }: Asked & { readonly number: number }) => {
  const packet = carryOut(asked)
  parentPort?.postMessage({ number, packet }, [packet])
})
parentPort?.postMessage('ready')
// A thread is ended without having come to its end, which is when it would be kept.
flushCompileCache()
