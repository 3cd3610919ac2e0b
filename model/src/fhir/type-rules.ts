// What R4 says of a data type in words, beside its elements, formats and constraints.
import type { JsonObject } from './resource.ts'
import type { Rule } from './structure.ts'

export interface TypeFault {
  readonly element: string
  readonly issue: string
  readonly text: string
  readonly constraint?: string
}

/** Whether a URI has a scheme (RFC 3986, 4.3). */
export function isAbsolute(uri: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri)
}

/** What is wrong with a value of a data type; undefined when nothing. */
export function typeFault(value: JsonObject, { type, targets, nested }: Rule): TypeFault | undefined {
  switch (type) {
    case 'Extension':
      return nested ? undefined : relative(value, 'url')
    case 'Identifier':
      return relative(value, 'system')
    case 'Quantity':
      return targets === undefined || value['comparator'] === undefined ? undefined : notSimple
    default:
      return undefined
  }
}

const notSimple: TypeFault = {
  element: 'comparator',
  issue: 'invariant',
  text: 'must not be there: the quantity is one value',
  constraint: 'sqty-1',
}

/** R4 datatypes, 2.24.0.12 (Identifier.system), and extensibility, 2.4.0.1 (Extension.url). */
function relative(value: JsonObject, element: string): TypeFault | undefined {
  const address = value[element]
  if (typeof address !== 'string' || isAbsolute(address)) return undefined
  return { element, issue: 'value', text: 'must be an absolute URI, such as urn:oid:… or https://…' }
}
