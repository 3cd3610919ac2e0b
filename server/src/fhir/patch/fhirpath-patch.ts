import { isObject, type JsonObject, type Resource } from '@chartkeep/model/fhir'
import { FhirpathFault, loadFhirpath, type Located } from '@chartkeep/model/fhirpath'
import { Refusal } from '#base'
import { asResource } from '../resource-body.ts'
import { addElement, deleteElement, insertElement, moveElement, replaceElement } from './fhirpath-edits.ts'
import { type Apply, patchFailed, patchInvalid } from './patch.ts'

type Locate = (expression: string, resource: unknown) => Located[]

/** One operation of a FHIRPath Patch. */
export interface Edit {
  readonly type: string
  /** Where it stands, for findings: `Parameters.parameter[0]`. */
  readonly at: string
  readonly path: string
  readonly name: string | undefined
  /** The parameter that has the value, or the parts that make it. */
  readonly value: JsonObject | undefined
  readonly index: number | undefined
  readonly source: number | undefined
  readonly destination: number | undefined
}

/** What each operation needs besides type and path (R4 fhirpatch, 3.1.0.1). */
const needs: Readonly<Record<string, readonly ('name' | 'value' | 'index' | 'source' | 'destination')[]>> = {
  add: ['name', 'value'],
  insert: ['value', 'index'],
  delete: [],
  replace: ['value'],
  move: ['source', 'destination'],
}

// Each has an expression to evaluate.
const mostEdits = 100
const mostMilliseconds = 1000

/** A FHIRPath Patch, read. Throws 'resource-invalid' for no Parameters, 'patch-invalid' for no operation. */
export function readFhirpathPatch(body: unknown): Apply {
  return readEdits(asResource(body))
}

/** The same for Parameters that were validated. */
export function readEdits(parameters: Resource): Apply {
  if (parameters.resourceType !== 'Parameters')
    throw patchInvalid('$this', 'A FHIRPath Patch is a Parameters resource.')
  const list = objectsIn(parameters['parameter'])
  if (list.length > mostEdits)
    throw patchInvalid('Parameters.parameter', `A FHIRPath Patch has at most ${mostEdits} operations.`)
  const edits = list.map((one, index) => readEdit(one, `Parameters.parameter[${index}]`))
  return async (resource) => {
    // The library behind it is large, so it is loaded by the first who needs it.
    const { locate } = await loadFhirpath()
    const began = performance.now()
    for (const edit of edits) {
      if (performance.now() - began > mostMilliseconds) throw new Refusal('timed-out')
      carryOut(resource, edit, locate)
    }
    return resource
  }
}

function readEdit(parameter: JsonObject, at: string): Edit {
  if (parameter['name'] !== 'operation') throw patchInvalid(at, 'Each parameter is an operation.')
  const parts = new Map<unknown, JsonObject>()
  for (const part of objectsIn(parameter['part'])) {
    if (parts.has(part['name'])) throw patchInvalid(at, 'An operation names each part once.')
    parts.set(part['name'], part)
  }
  const text = (name: string) => {
    const part = parts.get(name)
    return [part?.['valueString'], part?.['valueCode']].find((value) => typeof value === 'string')
  }
  const number = (name: string) => {
    const part = parts.get(name)
    const value = part?.['valueInteger'] ?? part?.['valueUnsignedInt'] ?? part?.['valuePositiveInt']
    return typeof value === 'number' && value >= 0 ? value : undefined
  }
  const edit = {
    ...{ type: text('type') ?? '', at, path: text('path') ?? '', name: text('name') },
    ...{ value: parts.get('value'), index: number('index') },
    ...{ source: number('source'), destination: number('destination') },
  }
  const needed = Object.hasOwn(needs, edit.type) ? needs[edit.type] : undefined
  if (needed === undefined) throw patchInvalid(at, `An operation is one of ${Object.keys(needs).join(', ')}.`)
  if (edit.path === '') throw patchInvalid(at, 'An operation has a path.')
  for (const name of needed) if (edit[name] === undefined) throw patchInvalid(at, `This operation has a part ${name}.`)
  return edit
}

function carryOut(resource: Resource, edit: Edit, locate: Locate): void {
  const found = find(resource, edit.path, edit.at, locate)
  switch (edit.type) {
    case 'add':
      return addElement(resource, only(found, edit), edit)
    case 'insert':
      return insertElement(resource, found.length > 0 ? found : emptyList(resource, edit, locate), edit)
    case 'delete':
      // It is no error when there is nothing.
      if (found.length > 0) deleteElement(resource, only(found, edit))
      return
    case 'replace':
      return replaceElement(resource, only(found, edit), edit)
    default:
      return moveElement(resource, found, edit)
  }
}

function find(resource: Resource, path: string, at: string, locate: Locate): Located[] {
  try {
    return locate(path, resource)
  } catch (error) {
    if (error instanceof FhirpathFault) throw patchFailed(at, error.message)
    throw error
  }
}

function only([first, ...others]: readonly Located[], { at }: Edit): Located['path'] {
  if (first === undefined) throw patchFailed(at, 'The path leads to nothing.')
  if (others.length > 0) throw patchFailed(at, 'The path leads to more than one element.')
  return first.path
}

/** A list that is not there yet is found by what would hold it: `Patient.name[0].given` of a name without any. */
function emptyList(resource: Resource, { path, at }: Edit, locate: Locate): { holder: Located['path']; name: string } {
  const [, before = '', name = ''] = /^(.+)\.([A-Za-z]\w*)$/s.exec(path.trim()) ?? []
  const [holder, ...others] = before === '' ? [] : find(resource, before, at, locate)
  if (holder === undefined || others.length > 0) throw patchFailed(at, 'The path leads to no list.')
  return { holder: holder.path, name }
}

function objectsIn(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : []
}
