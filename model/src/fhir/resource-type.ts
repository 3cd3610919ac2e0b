import { resourceTypes } from './generated/resource-types.ts'

export { resourceTypes }
export type ResourceType = (typeof resourceTypes)[number]

const codes: ReadonlyMap<unknown, number> = new Map(resourceTypes.map((type, index) => [type, index + 1]))

export function isResourceType(value: unknown): value is ResourceType {
  return codes.has(value)
}

/** A small number for each type, as stored: its place in the R4 alphabet, from 1. R4 is closed, so it never moves. */
export function codeOfType(type: ResourceType): number {
  const code = codes.get(type)
  if (code === undefined) throw new Error('not an R4 type')
  return code
}

export function typeOfCode(code: number): ResourceType {
  const type = resourceTypes[code - 1]
  if (type === undefined) throw new Error('not the code of an R4 type')
  return type
}
