import { carryDigits, formatJson, isObject, type JsonObject, parseJson } from '@chartkeep/model/fhir'
import { type Holder, holderOf, indexOf, keyIn, parsePointer } from './json-pointer.ts'
import { Effort, isEqual } from './json-value.ts'
import { mostOperations, type Apply, patchFailed, patchInvalid } from './patch.ts'

interface Step {
  readonly op: string
  /** Where it stands, for findings: `$this[2]`. */
  readonly at: string
  readonly path: readonly string[]
  readonly from: readonly string[]
  /** Has the member `value`: the operation itself, so that a number's digits are not lost. */
  readonly body: JsonObject
}

const ops = ['add', 'remove', 'replace', 'move', 'copy', 'test']

/** A JSON Patch (RFC 6902), read. Throws 'patch-invalid' with a finding for the first operation that is none. */
export function readJsonPatch(body: unknown): Apply {
  if (!Array.isArray(body)) throw patchInvalid('$this', 'A JSON Patch is a list of operations.')
  if (body.length > mostOperations) throw patchInvalid('$this', `A patch has at most ${mostOperations} operations.`)
  const steps = body.map((one: unknown, index) => readStep(one, `$this[${index}]`))
  return (resource) => {
    // With one more name in front of each path, the whole document is a member like any other.
    const document: JsonObject = { whole: resource }
    const emptied = new Set<Holder>()
    const effort = new Effort()
    for (const step of steps) carryOut(document, step, { emptied, effort, whole: resource })
    if (emptied.size > 0) dropEmpty(document, emptied)
    return document['whole']
  }
}

function readStep(one: unknown, at: string): Step {
  if (!isObject(one)) throw patchInvalid(at, 'An operation is an object.')
  const { op, from } = one
  if (typeof op !== 'string' || !ops.includes(op)) throw patchInvalid(`${at}.op`, `One of ${ops.join(', ')}.`)
  const path = parsePointer(one['path'])
  if (path === undefined) throw patchInvalid(`${at}.path`, 'A JSON Pointer (RFC 6901) of at most 64 steps.')
  const moves = op === 'move' || op === 'copy'
  const origin = moves ? parsePointer(from) : []
  if (origin === undefined) throw patchInvalid(`${at}.from`, 'A JSON Pointer (RFC 6901) of at most 64 steps.')
  if (['add', 'replace', 'test'].includes(op) && !Object.hasOwn(one, 'value'))
    throw patchInvalid(at, 'This operation has a value.')
  if (op === 'move' && origin.length < path.length && origin.every((token, index) => token === path[index]))
    throw patchInvalid(`${at}.from`, 'Nothing is moved into itself.')
  return { op, at, path: ['whole', ...path], from: ['whole', ...origin], body: one }
}

interface Work {
  /** Lists that something was taken out of. */
  readonly emptied: Set<Holder>
  readonly effort: Effort
  readonly whole: object
}

function carryOut(document: JsonObject, step: Step, work: Work): void {
  const { op, path, from, body, at } = step
  switch (op) {
    case 'add':
      return put(document, path, { holder: body, key: 'value' }, step, work)
    case 'remove':
      takeOut(placeOf(document, path, at), work)
      return
    case 'replace': {
      const { holder, key } = placeOf(document, path, at)
      work.effort.spend(body['value'], path.length - 1)
      carryDigits(body, 'value', holder, key, work.whole)
      Reflect.set(holder, key, body['value'])
      return
    }
    case 'move': {
      const place = placeOf(document, from, at)
      const kept: JsonObject = {}
      carryDigits(place.holder, place.key, kept, 'value', kept)
      kept['value'] = Reflect.get(place.holder, place.key)
      takeOut(place, work)
      return put(document, path, { holder: kept, key: 'value' }, step, work)
    }
    case 'copy': {
      const { holder, key } = placeOf(document, from, at)
      const kept: JsonObject = {}
      carryDigits(holder, key, kept, 'value', kept)
      kept['value'] = Reflect.get(holder, key)
      // Counted before it is made: what is copied may be what was copied.
      work.effort.spend(kept['value'], path.length - 1)
      const copy = parseJson(Buffer.from(formatJson(kept)), { bytes: 64 * 1024 * 1024 })
      return put(document, path, { holder: isObject(copy) ? copy : {}, key: 'value' }, step, work)
    }
    default: {
      const { holder, key } = placeOf(document, path, at)
      const found: unknown = Reflect.get(holder, key)
      work.effort.spend(found, 0)
      if (!isEqual(found, body['value'])) throw patchFailed(at, 'What is tested is not so.')
    }
  }
}

interface Placed {
  readonly holder: Holder
  readonly key: string
}

function placeOf(document: JsonObject, path: readonly string[], at: string): Placed {
  const holder = holderOf(document, path)
  const key = holder === undefined ? undefined : keyIn(holder, path.at(-1) ?? '')
  if (holder === undefined || key === undefined) throw patchFailed(at, 'There is nothing at this place.')
  return { holder, key }
}

function takeOut({ holder, key }: Placed, { emptied, effort }: Work): void {
  if (!Array.isArray(holder)) delete holder[key]
  else {
    effort.shift(holder)
    holder.splice(Number(key), 1)
    emptied.add(holder)
  }
}

function put(document: JsonObject, path: readonly string[], from: Placed, { at }: Step, work: Work): void {
  const holder = holderOf(document, path)
  const token = path.at(-1) ?? ''
  if (holder === undefined) throw patchFailed(at, 'There is nothing that could hold this place.')
  const value: unknown = Reflect.get(from.holder, from.key)
  work.effort.spend(value, path.length - 1)
  if (!Array.isArray(holder)) {
    carryDigits(from.holder, from.key, holder, token, work.whole)
    holder[token] = value
    return
  }
  const index = token === '-' ? holder.length : indexOf(token)
  if (index === undefined || index > holder.length) throw patchFailed(at, 'The list has no such place.')
  work.effort.shift(holder)
  holder.splice(index, 0, value)
  carryDigits(from.holder, from.key, holder, String(index), work.whole)
}

/** A list that lost its last member is not there any more: FHIR has no empty lists, and nobody wrote this one. */
function dropEmpty(holder: Holder, emptied: ReadonlySet<Holder>): void {
  for (const [name, member] of Object.entries(holder)) {
    if (Array.isArray(member) && member.length === 0 && emptied.has(member) && !Array.isArray(holder))
      delete holder[name]
    else if (isObject(member) || Array.isArray(member)) dropEmpty(member, emptied)
  }
}
