// Several processes on one port: the primary starts workers and keeps them. What they do is given.
export { superviseWorkers, type Workers } from './supervise.ts'
