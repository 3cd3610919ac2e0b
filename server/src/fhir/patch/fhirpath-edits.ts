import { carryDigits, elementIn, isObject, type JsonObject, type Resource } from '@chartkeep/model/fhir'
import type { Located } from '@chartkeep/model/fhirpath'
import type { Edit } from './fhirpath-patch.ts'
import { makeValue, type Made } from './fhirpath-value.ts'
import { patchFailed } from './patch.ts'

// Each alters the resource in place. What comes of it is validated as a whole, so here is judged only what could not be
// carried out.
type Path = Located['path']

/** A new element under a name: at the end of a list, or where there is none. */
export function addElement(resource: Resource, path: Path, edit: Edit): void {
  const within = holderPath(resource, path)
  const made = makeValue(resource, within, edit)
  const { property, many } = made
  const holder = holderAt(resource, within) ?? fail(edit, 'The path leads to no element that could hold another.')
  if (many) return insertAt(resource, holder, made, { ...edit, index: lengthOf(holder, property) })
  if (holder[property] !== undefined || holder[`_${property}`] !== undefined)
    throw patchFailed(edit.at, 'The element is there already.')
  set(resource, holder, made)
}

/** A new member of the list that was found. */
export function insertElement(
  resource: Resource,
  list: readonly Located[] | { readonly holder: Path; readonly name: string },
  edit: Edit,
): void {
  const { holder: within, name } = 'holder' in list ? list : listOf(list, edit)
  const holder = holderAt(resource, within) ?? fail(edit, 'The path leads to no list.')
  const made = makeValue(resource, within, { ...edit, name })
  if (!made.many) throw patchFailed(edit.at, 'The path leads to no list.')
  insertAt(resource, holder, made, edit)
}

/** With what it leaves empty around it: FHIR has no empty objects and no empty lists. */
export function deleteElement(resource: Resource, path: Path): void {
  takeOut(resource, path)
  for (let length = path.length - 1; length > 0; length--) {
    const around = path.slice(0, length)
    const value = valueAt(resource, around)
    if (isObject(value) && Object.keys(value).length === 0) takeOut(resource, around)
  }
}

function takeOut(resource: Resource, path: Path): void {
  const last = path.at(-1)
  if (typeof last === 'string') {
    const holder = holderAt(resource, path.slice(0, -1))
    if (holder === undefined) return
    delete holder[last]
    delete holder[`_${last}`]
    return
  }
  const holder = holderAt(resource, path.slice(0, -2))
  const property = String(path.at(-2))
  if (holder === undefined || last === undefined) return
  for (const name of [property, `_${property}`]) {
    const members = holder[name]
    if (!Array.isArray(members)) continue
    // What stands beside a value keeps its place, which tells which value it belongs to.
    if (property.startsWith('_')) members[last] = null
    else members.splice(last, 1)
    if (members.every((member) => member === null)) delete holder[name]
  }
}

/** Another value in its place; of a choice it may be of another type. */
export function replaceElement(resource: Resource, path: Path, edit: Edit): void {
  const index = path.at(-1)
  const toList = typeof index === 'number'
  const within = path.slice(0, toList ? -2 : -1)
  const property = path.at(toList ? -2 : -1)
  const holder = holderAt(resource, within)
  if (holder === undefined || typeof property !== 'string')
    throw patchFailed(edit.at, 'The resource itself is not replaced.')
  const known = elementIn(resource, within, property)
  const made = makeValue(resource, within, { ...edit, name: known?.element ?? property })
  const members = holder[property]
  if (toList && Array.isArray(members)) {
    members[index] = made.value ?? null
    const beside = holder[`_${property}`]
    if (Array.isArray(beside)) beside[index] = made.beside ?? null
    return
  }
  delete holder[property]
  delete holder[`_${property}`]
  set(resource, holder, made)
}

/** A member of the list that was found, elsewhere in it. */
export function moveElement(resource: Resource, list: readonly Located[], edit: Edit): void {
  const { holder: within, name } = listOf(list, edit)
  const { source = 0, destination = 0 } = edit
  const holder = holderAt(resource, within) ?? fail(edit, 'The path leads to no list.')
  for (const members of [holder[name], holder[`_${name}`]]) {
    if (!Array.isArray(members)) continue
    if (source >= members.length || destination >= members.length)
      throw patchFailed(edit.at, 'The list has no such place.')
    members.splice(destination, 0, ...members.splice(source, 1))
  }
}

function set(resource: Resource, holder: JsonObject, { property, value, beside, from }: Made): void {
  if (value !== undefined) {
    carryDigits(from.holder, from.key, holder, property, resource)
    holder[property] = value
  }
  if (beside !== undefined) holder[`_${property}`] = beside
}

function insertAt(
  resource: Resource,
  holder: JsonObject,
  { property, value, beside, from }: Made,
  { index = 0, at }: Edit,
): void {
  const members: unknown = holder[property] ?? []
  if (!Array.isArray(members) || index > members.length) throw patchFailed(at, 'The list has no such place.')
  const besides: unknown = holder[`_${property}`] ?? (beside === undefined ? undefined : members.map(() => null))
  members.splice(index, 0, value ?? null)
  holder[property] = members
  carryDigits(from.holder, from.key, members, String(index), resource)
  if (!Array.isArray(besides)) return
  besides.splice(index, 0, beside ?? null)
  holder[`_${property}`] = besides
}

function lengthOf(holder: JsonObject, property: string): number {
  const members = holder[property]
  return Array.isArray(members) ? members.length : 0
}

/** The one list whose members were found. */
function listOf(found: readonly Located[], edit: Edit): { holder: Path; name: string } {
  const paths = found.map(({ path }) => path)
  const [first] = paths
  const name = first?.at(-2)
  const place = JSON.stringify(first?.slice(0, -1))
  if (first === undefined || typeof name !== 'string' || typeof first.at(-1) !== 'number')
    throw patchFailed(edit.at, 'The path leads to no list.')
  if (!paths.every((path) => JSON.stringify(path.slice(0, -1)) === place))
    throw patchFailed(edit.at, 'The path leads to members of several lists.')
  return { holder: first.slice(0, -2), name }
}

/** What holds further elements at a path: of a primitive what stands beside it, which is made when it is not there. */
function holderPath(resource: Resource, path: Path): Path {
  const property = path.at(-1)
  if (typeof property !== 'string' || isObject(valueAt(resource, path))) return path
  const holder = holderAt(resource, path.slice(0, -1))
  if (holder === undefined) return path
  holder[`_${property}`] ??= {}
  return [...path.slice(0, -1), `_${property}`]
}

function valueAt(resource: Resource, path: Path): unknown {
  let at: unknown = resource
  for (const step of path) at = isObject(at) || Array.isArray(at) ? Reflect.get(at, step) : undefined
  return at
}

function holderAt(resource: Resource, path: Path): JsonObject | undefined {
  const value = valueAt(resource, path)
  return isObject(value) ? value : undefined
}

function fail({ at }: Edit, text: string): never {
  throw patchFailed(at, text)
}
