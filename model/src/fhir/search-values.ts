import type { Resource } from './resource.ts'
import { extract, type SearchPlan, searchPlan } from './search-plan.ts'
import type { SearchValue } from './search-value.ts'

const whole = new Map<string, SearchPlan>()
const single = new Map<string, Map<string, SearchPlan>>()

/**
 * What one search parameter finds in a resource; [] when nothing, or when its type has no such parameter. Whoever wants
 * several at once walks the resource once, by a plan of its own (search-plan.ts).
 */
export function searchValues(resource: Resource, code: string): SearchValue[] {
  const plan = planFor(resource.resourceType, code)
  const found: SearchValue[] = []
  if (plan !== undefined) extract(plan, resource, (_, value) => found.push(value))
  return found
}

function planFor(type: Resource['resourceType'], code: string): SearchPlan | undefined {
  let plans = single.get(type)
  if (plans === undefined) single.set(type, (plans = new Map()))
  const known = plans.get(code)
  if (known !== undefined) return known
  const plan = searchPlan(type, [code])
  // What the type does not have is not remembered: there is no end of names.
  if (plan.parameters.length === 0) return undefined
  plans.set(code, plan)
  return plan
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
