import { type Id, Refusal } from '#base'
import { parseStored, type Records, type Stored } from '#records'
import { mostAsJson } from './binary.ts'
import { ask, type Asking } from './offered.ts'

const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }

/**
 * These Binaries with their content, each under its own rights and with its own entry; those that may not be seen, are
 * another patient's or are gone are left out. Content that is too large for a Bundle is, too: the Binary is tagged as a
 * part then, and is read by itself.
 */
export async function openBinaries(
  records: Records,
  asking: Asking,
  patient: Id<'patient'>,
  ids: readonly Id<string>[],
): Promise<Stored[]> {
  const opened: Stored[] = []
  let room = mostAsJson
  for (const id of ids) {
    const found = await openOne(records, asking, id, room)
    if (found === undefined) continue
    const { stored, taken } = found
    if (stored.patient !== undefined && stored.patient !== patient) continue
    room -= taken
    opened.push(stored)
  }
  return opened
}

async function openOne(
  records: Records,
  asking: Asking,
  id: Id<string>,
  room: number,
): Promise<{ stored: Stored; taken: number } | undefined> {
  try {
    const { stored, size, read } = await records.openBinary(ask(asking, 'read', 'Binary'), id, asking.request)
    const { data: _, ...described } = parseStored(stored.json)
    if (size > room) {
      const meta = { ...described.meta, tag: [...(described.meta?.tag ?? []), subsetted] }
      return { stored: { ...stored, json: Buffer.from(JSON.stringify({ ...described, meta })) }, taken: 0 }
    }
    const data = Buffer.concat(await read().toArray()).toString('base64')
    return { stored: { ...stored, json: Buffer.from(JSON.stringify({ ...described, data })) }, taken: size }
  } catch (error) {
    if (error instanceof Refusal && ['not-found', 'gone', 'not-permitted', 'scope-insufficient'].includes(error.code))
      return undefined
    throw error
  }
}
