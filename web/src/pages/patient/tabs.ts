import type { Role, Session } from '@chartkeep/model/office'
import { paths } from '../../paths.ts'
import { mayRead } from '../../session/context.tsx'

export interface Tab {
  readonly to:
    | typeof paths.summary
    | typeof paths.results
    | typeof paths.vitals
    | typeof paths.problems
    | typeof paths.medications
    | typeof paths.allergies
    | typeof paths.immunisations
    | typeof paths.visits
    | typeof paths.notes
    | typeof paths.documents
    | typeof paths.details
    | typeof paths.claims
    | typeof paths.history
  readonly label: string
  /** After `g`. */
  readonly key: string
  /** The records it stands on. */
  readonly type: string
}

const summary: Tab = { to: paths.summary, label: 'Summary', key: 's', type: 'Condition' }
const results: Tab = { to: paths.results, label: 'Results', key: 'r', type: 'Observation' }
const vitals: Tab = { to: paths.vitals, label: 'Vitals', key: 'v', type: 'Observation' }
const problems: Tab = { to: paths.problems, label: 'Problems', key: 'p', type: 'Condition' }
const medications: Tab = { to: paths.medications, label: 'Medications', key: 'm', type: 'MedicationRequest' }
const allergies: Tab = { to: paths.allergies, label: 'Allergies', key: 'a', type: 'AllergyIntolerance' }
const immunisations: Tab = { to: paths.immunisations, label: 'Immunisations', key: 'i', type: 'Immunization' }
const visits: Tab = { to: paths.visits, label: 'Visits', key: 'e', type: 'Encounter' }
const notes: Tab = { to: paths.notes, label: 'Notes', key: 'n', type: 'DocumentReference' }
const documents: Tab = { to: paths.documents, label: 'Documents', key: 'd', type: 'DocumentReference' }
const details: Tab = { to: paths.details, label: 'Details', key: 'o', type: 'Patient' }
const claims: Tab = { to: paths.claims, label: 'Claims', key: 'c', type: 'Claim' }
const history: Tab = { to: paths.history, label: 'Access history', key: 'h', type: 'AuditEvent' }

const clinical = [summary, results, vitals, problems, medications, allergies, immunisations, visits, notes, documents]

/** What a role works with comes first. All stand for everyone: where a role sees nothing, the tab says why. */
const order: Record<Role, readonly Tab[]> = {
  clinician: [...clinical, details, claims, history],
  nurse: [
    summary,
    vitals,
    results,
    medications,
    allergies,
    problems,
    immunisations,
    visits,
    notes,
    documents,
    details,
    claims,
    history,
  ],
  'front-desk': [details, claims, ...clinical, history],
  biller: [claims, details, ...clinical, history],
  'privacy-officer': [history, details, ...clinical, claims],
  administrator: [details, ...clinical, claims, history],
}

export function tabsFor(session: Session): readonly Tab[] {
  return order[session.role]
}

/** The tab will only say why it shows nothing. */
export function isClosed(session: Session, tab: Tab): boolean {
  return !mayRead(session, tab.type)
}
