import type { Clock } from '#base'
import type { Given, Means } from './command.ts'
import { systemOptions } from './options.ts'
import type { System } from './system.ts'

/** Opens the system of the folder that was named, works with it and closes it. @returns exit code 0 */
export async function withSystem(
  given: Given,
  means: Means,
  work: (system: System, clock: Clock) => Promise<void>,
): Promise<number> {
  const options = await systemOptions(given, means)
  const system = await means.composition.openSystem(options)
  try {
    await work(system, options.clock)
    return 0
  } finally {
    await system.close()
  }
}
