import type { Resource } from './resource.ts'
import { extract, type SearchPlan, searchPlan } from './search-plan.ts'
import type { SearchValue } from './search-value.ts'

const whole = new Map<string, SearchPlan>()
const single = new Map<string, SearchPlan>()

/** What one search parameter finds in a resource; [] when nothing, or when its type has no such parameter. */
export function searchValues(resource: Resource, code: string): SearchValue[] {
  const key = `${resource.resourceType} ${code}`
  let plan = single.get(key)
  if (plan === undefined) {
    plan = searchPlan(resource.resourceType, [code])
    if (plan.parameters.length === 0) return []
    single.set(key, plan)
  }
  const found: SearchValue[] = []
  extract(plan, resource, (_, value) => found.push(value))
  return found
}

/** What every search parameter of its type finds in a resource, by code; parameters that find nothing are not there. */
export function allSearchValues(resource: Resource): Map<string, SearchValue[]> {
  let plan = whole.get(resource.resourceType)
  if (plan === undefined) {
    plan = searchPlan(resource.resourceType)
    whole.set(resource.resourceType, plan)
  }
  const found = new Map<string, SearchValue[]>()
  extract(plan, resource, ({ code }, value) => {
    const values = found.get(code)
    if (values === undefined) found.set(code, [value])
    else values.push(value)
  })
  return found
}
