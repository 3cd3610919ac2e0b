// The other thread of a large import: it reads, judges and maps, while the first one seals and stores. What it has ready
// waits here until the first thread asks for more, so memory holds a few hundred records, however slow the store is.
import { parentPort, workerData } from 'node:worker_threads'
import { formatJson } from '@chartkeep/model/fhir'
import type { Admitted, Rejected } from './item.ts'
import type { ThreadAsks, ThreadHears } from './read-apart.ts'
import { readSources, type Sourcing, type StoreAnswers } from './read-sources.ts'

const port = parentPort
if (port === null) throw new Error('this file is a thread of an import')

let asked = 0
let wake = (): void => undefined
let answered: (answer: never) => void = () => undefined
port.on('message', (message: ThreadHears) => {
  if (message === 'more') {
    asked++
    wake()
    // oxlint-disable-next-line no-unsafe-type-assertion -- the answer to the one question that is open
  } else answered(message.answer as never)
})

function ask<T>(question: ThreadAsks): Promise<T> {
  return new Promise((resolve) => {
    answered = resolve
    port?.postMessage(question)
  })
}

const store: StoreAnswers = {
  matching: (questions) => ask({ kind: 'matching', questions }),
  standing: (buckets) => ask({ kind: 'standing', buckets }),
}

// oxlint-disable-next-line no-unsafe-type-assertion -- made by readApart, which starts this thread and no other does
for await (const reading of readSources(workerData as Sourcing, store)) {
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
