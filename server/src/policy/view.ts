import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import { keepUnseen } from './keep.ts'
import { type Role } from './roles.ts'
import { showResource, type Sight, sightOf } from './show.ts'

/** What a role sees of the records of a type, and what becomes of the rest when the role changes one. */
export class View {
  readonly #sight: Sight

  constructor(sight: Sight) {
    this.#sight = sight
  }

  /** The record without what is not shown; the same object when all of it is. */
  show(resource: Resource): Resource {
    return showResource(this.#sight, resource)
  }

  /** What was sent, with all that is not shown as it stood. Throws 'not-permitted' where that would be lost. */
  keep(sent: Resource, old: Resource): Resource {
    return keepUnseen(this.#sight, sent, old)
  }
}

const views = new Map<string, View | undefined>()

/** Undefined for a role that sees the whole of it. */
export function viewOf(role: Role, type: ResourceType): View | undefined {
  const key = `${role} ${type}`
  if (!views.has(key)) {
    const sight = sightOf(role, type)
    views.set(key, sight === undefined ? undefined : new View(sight))
  }
  return views.get(key)
}
