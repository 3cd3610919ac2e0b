// One process above another: a line to talk over, a watch for one that hangs, and starting it again when it ends. The
// process that does nothing else loads this and what Node has built in, so it stays as small as Node lets it.
export { keep, type KeeperLog, openKept } from './keep.ts'
export { type Hearing, type Line, LineFault, openLine } from './line.ts'
export { watch } from './watch.ts'
