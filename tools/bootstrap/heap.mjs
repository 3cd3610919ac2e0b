/**
 * V8's limits for a command. Left alone, the young generation grows to 64 MB a half and the old one to several times what
 * is alive: an import holds 490 MB resident where 350 will do, at the same speed. What serves is slower with as little room
 * for the old one as an import; with twice what is alive it is not.
 * @param {string | undefined} command
 * @returns {string[]}
 */
function heapFlags(command) {
  const young = '--max-semi-space-size=8'
  return command === 'import' ? [young, '--heap-growing-percent=30'] : [young, '--heap-growing-percent=100']
}

/**
 * Node's options for a process of ours. No debugger: whoever may send it a signal would otherwise open a port into its memory,
 * where keys and opened records are.
 * @param {string | undefined} command
 * @returns {string[]}
 */
export function nodeFlags(command) {
  return ['--disable-sigusr1', ...heapFlags(command)]
}

/** glibc keeps a heap for each thread that takes and gives back memory: one for all holds 50 MB less, as fast. */
export const heapSettings = { MALLOC_ARENA_MAX: '1' }
