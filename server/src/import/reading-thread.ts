// The other thread of a large import: it reads, judges and maps, while the first one seals and stores. What it has ready
// waits here until the first thread asks for more, so memory holds a few hundred records, however slow the store is.
import { parentPort, workerData } from 'node:worker_threads'
import { formatJson } from '@chartkeep/model/fhir'
import type { Match } from './conditions.ts'
import type { Admitted, Rejected } from './item.ts'
import { type Ask, readSources, type Sourcing } from './read-sources.ts'

const port = parentPort
if (port === null) throw new Error('this file is a thread of an import')

let asked = 0
let wake = (): void => undefined
let answered: (matches: readonly Match[]) => void = () => undefined
port.on('message', (message: 'more' | { readonly matches: readonly Match[] }) => {
  if (message === 'more') {
    asked++
    wake()
  } else answered(message.matches)
})

const ask: Ask = (questions) =>
  new Promise((resolve) => {
    answered = resolve
    port.postMessage({ kind: 'questions', questions })
  })

// oxlint-disable-next-line no-unsafe-type-assertion -- made by readApart, which starts this thread and no other does
for await (const reading of readSources(workerData as Sourcing, ask)) {
  while (asked === 0) await new Promise<void>((resolve) => (wake = resolve))
  asked--
  port.postMessage(reading.kind === 'items' ? { ...reading, items: reading.items.map(asText) } : reading)
}
port.close()

/** Text crosses threads several times faster than objects do. */
function asText(item: Admitted | Rejected): Admitted | Rejected {
  if (item.kind === 'rejected' || !('resource' in item.content)) return item
  const { resource } = item.content
  const json = formatJson(resource)
  return { ...item, content: { json, exact: json !== JSON.stringify(resource) } }
}
