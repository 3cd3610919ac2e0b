import { referencesIn, type Resource } from '@chartkeep/model/fhir'
import { Refusal, type RefusalCode, refusals } from '#base'

/** The refusal of a reference that leads nowhere, or to several records: it names the element, and not what it says. */
export function unresolved(resource: Resource, text: string, code: RefusalCode = 'reference-unresolved'): Refusal {
  const found = referencesIn(resource).find(({ reference }) => reference.reference === text)
  const expression = found?.path ?? resource.resourceType
  return new Refusal(code, { findings: [{ expression, issue: refusals[code].issue, text: refusals[code].text }] })
}
