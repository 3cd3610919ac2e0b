import type { Resource } from '@chartkeep/model/fhir'
import type { Note, Write } from '#records'
import { openCodeCheck } from './judge/findings.ts'

/** Complex elements of one resource that are looked at: some 5 ms. A larger one is asked about with $validate. */
const mostElements = 5000
const mostKept = 20

/**
 * A change with what is doubtful about its codes and units, which is kept sealed in its entry, beside the version: none of it
 * refuses a record, because old ones are full of it.
 */
export async function withDoubts(change: Write): Promise<Write> {
  if (change.kind === 'delete') return change
  const check = await openCodeCheck(mostElements)
  const noteOn = (resource: Resource): Note | undefined => {
    const doubtful = check(resource).slice(0, mostKept)
    return doubtful.length === 0
      ? undefined
      : { doubtful: doubtful.map(({ expression, text }) => ({ expression, text })) }
  }
  if (change.kind === 'patch') return { ...change, noteOn }
  const note = noteOn(change.resource)
  return note === undefined ? change : { ...change, note }
}
