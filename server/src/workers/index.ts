// Several processes on one port: the primary starts workers, keeps them, and talks with them. What they do is given.
export { type Hearing, type Line, LineFault, openLine } from './line.ts'
export { keep, openKept } from './keep.ts'
export { superviseWorkers, type Workers } from './supervise.ts'
