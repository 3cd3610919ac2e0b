import { bundledPatients, type ChartReference, chartReferences, type Resource } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import type { Change } from './write.ts'

/**
 * The patient with whom a record is kept: under whose key, in whose bucket. The first that the CompartmentDefinition
 * names; for the few types outside it (Task, Device, Binary…) the patient they point to. Undefined: the practice's.
 * Throws 'reference-unresolved', which names the element, where it says neither a patient of ours nor an allowed other
 * type: such a record would be in nobody's chart.
 */
export function homePatient(resource: Resource): Id<'patient'> | undefined {
  if (resource.resourceType === 'Patient') return undefined
  if (resource.resourceType === 'Bundle') {
    const [only, ...others] = bundledPatients(resource)
    return only === undefined || others.length > 0 ? undefined : parseId<'patient'>(only)
  }
  const references = chartReferences(resource)
  const astray = references.find((one) => one.principal && !leadsSomewhere(one))
  if (astray !== undefined) throw unresolved(astray)
  for (const { leadsTo } of references) {
    const patient = leadsTo.kind === 'patient' ? parseId<'patient'>(leadsTo.id) : undefined
    if (patient !== undefined) return patient
  }
  // Nobody is named whom the record is about, so those who took part decide: they must be known as well.
  const unknown = references.find(({ leadsTo }) => leadsTo.kind === 'patient' || leadsTo.kind === 'nowhere')
  if (unknown !== undefined) throw unresolved(unknown)
  return undefined
}

/** Why a change is refused of a record whose patient, as `homePatient` has it, is not here. */
export function patientAbsent(change: Change, patient: Id<'patient'> | undefined): Refusal {
  const references = change.kind === 'delete' ? [] : chartReferences(change.resource)
  const naming = references.find(({ leadsTo }) => leadsTo.kind === 'patient' && parseId(leadsTo.id) === patient)
  return naming === undefined ? new Refusal('reference-unresolved') : unresolved(naming)
}

/** Throws 'patient-changed' for a version that would be kept with another patient, or with none. */
export function requireSamePatient(resource: Resource, patient: Id<'patient'> | undefined): void {
  if (resource.resourceType === 'Patient' || homePatient(resource) === patient) return
  const expression = chartReferences(resource)[0]?.path ?? resource.resourceType
  const text = 'The version before is in another chart, or in none.'
  throw new Refusal('patient-changed', { findings: [{ expression, issue: 'business-rule', text }] })
}

/** The records of other types that say whom this one is about: a group, a device, a location. */
export function otherSubjects(resource: Resource): Id<string>[] {
  return chartReferences(resource).flatMap(({ principal, leadsTo }) =>
    principal && leadsTo.kind === 'other' ? (parseId<string>(leadsTo.id) ?? []) : [],
  )
}

/** Ids are given here: one of another form is nobody's. */
function leadsSomewhere({ leadsTo }: ChartReference): boolean {
  switch (leadsTo.kind) {
    case 'patient':
    case 'other':
      return parseId(leadsTo.id) !== undefined
    case 'elsewhere':
      return true
    case 'nowhere':
    case 'described':
      return false
  }
}

function unresolved({ path, leadsTo }: ChartReference): Refusal {
  const text =
    leadsTo.kind === 'described'
      ? 'Refer to the patient by type and id: a name or an identifier alone leads to no chart.'
      : 'This leads to no patient here, and so to no chart.'
  return new Refusal('reference-unresolved', { findings: [{ expression: path, issue: 'not-found', text }] })
}
