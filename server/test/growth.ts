// Whether work grows faster than its input: by times of this process's processor, so that what else the machine does
// counts little, and measured again before it is believed.
import { JsonFault } from '@chartkeep/model/fhir'
import { FhirpathFault } from '@chartkeep/model/fhirpath'
import { Refusal } from '#base'

/** The work of taking an input of some size. */
export type Make = (size: number) => () => unknown

const size = 1000
const times = 16
/** Between what grows as the size does, 16, and what grows as its square does, 256. */
const mostGrowth = 64
/** Milliseconds that nobody notices, whatever it grows from. */
const little = 30

/** Milliseconds of the processor. What is refused is refused soon. */
async function cost(work: () => unknown): Promise<number> {
  const start = process.cpuUsage()
  try {
    await work()
  } catch (error) {
    const refused = [Refusal, JsonFault, FhirpathFault].some((fault) => error instanceof fault)
    if (!refused) throw error
  }
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

async function least(rounds: number, work: () => unknown): Promise<number> {
  let found = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) found = Math.min(found, await cost(work))
  return found
}

/** Whether 16 times the size costs far more than 16 times as much. */
export async function growsTooFast(make: Make, growth = mostGrowth): Promise<boolean> {
  const [small, large] = [make(size), make(size * times)]
  for (let attempt = 0; attempt < 3; attempt++) {
    const before = Math.max(await least(4, small), 0.05)
    const after = await cost(large)
    if (after < little || after / before < growth) return false
  }
  return true
}
