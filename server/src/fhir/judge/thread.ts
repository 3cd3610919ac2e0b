// The thread that judges large and costly bodies beside the one that serves (started by judging-thread.ts).
import { flushCompileCache } from 'node:module'
import { parentPort } from 'node:worker_threads'
import { carryOut, type Job } from './job.ts'

parentPort?.on('message', (job: Job) => {
  void carryOut(job).then((judgement) => parentPort?.postMessage(judgement))
})
// A thread is ended without having come to its end, which is when it would be kept.
flushCompileCache()
