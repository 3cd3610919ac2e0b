import type { Session } from '@chartkeep/model/office'
import { paths } from '../paths.ts'

export interface Page {
  readonly to: string
  readonly label: string
  /** After `g`. */
  readonly key: string
}

const today: Page = { to: paths.today, label: 'Today', key: 't' }
const patients: Page = { to: paths.patients, label: 'Patients', key: 'f' }
const billing: Page = { to: paths.billing, label: 'Billing', key: 'b' }
const access: Page = { to: paths.access, label: 'Access', key: 'w' }
const accounts: Page = { to: paths.accounts, label: 'Accounts', key: 'u' }
const system: Page = { to: paths.system, label: 'System', key: 'y' }

const byRole: Record<Session['role'], readonly Page[]> = {
  'front-desk': [today, patients],
  nurse: [today, patients],
  clinician: [today, patients],
  biller: [billing, patients, today],
  'privacy-officer': [access, patients, system],
  administrator: [accounts, system],
}

/** The pages a role works on. Others are not forbidden here: the server says so, and why, when they are opened. */
export function pagesOf(session: Session): readonly Page[] {
  return byRole[session.role]
}

const homes: Record<Session['home'], string> = {
  schedule: paths.today,
  billing: paths.billing,
  access: paths.access,
  system: paths.system,
}

export function homeOf(session: Session): string {
  return homes[session.home]
}
