// Progress goes to standard error, so that a verb's standard output can be piped.
const heartbeatSeconds = 10

/** @param {string} line */
export function say(line) {
  process.stderr.write(`chartkeep: ${line}\n`)
}

/**
 * Announces work that takes more than a second, keeps saying that it is alive, and says how long it took.
 *
 * @template T
 * @param {string} what for example 'installing packages'
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function announce(what, work) {
  const start = performance.now()
  const seconds = () => Math.round((performance.now() - start) / 1000)
  say(`${what} …`)
  const heartbeat = setInterval(() => say(`${what}, ${seconds()} s so far`), heartbeatSeconds * 1000)
  try {
    const result = await work()
    say(`${what}: done in ${seconds()} s`)
    return result
  } finally {
    clearInterval(heartbeat)
  }
}
