import type {
  AccessHistory,
  AccountList,
  DaySchedule,
  NewAccount,
  PersonAccess,
  SystemStatus,
} from '@chartkeep/model/office'
import { office } from '../paths.ts'
import { ask, tell } from './request.ts'

export const readSchedule = (date: string, signal: AbortSignal) =>
  ask<DaySchedule>('GET', office.schedule(date), { signal })

/** `version` is the one on the screen: a change by someone else in between is refused, not overwritten. */
export const setAppointmentStatus = (appointment: string, status: string, version: string) =>
  tell('POST', office.appointmentStatus(appointment), { body: { status, version } })

export const readAccounts = (signal: AbortSignal) => ask<AccountList>('GET', office.accounts, { signal })
export const createAccount = (account: NewAccount) => tell('POST', office.accounts, { body: account })
export const disableAccount = (account: string) => tell('POST', office.disableAccount(account))
export const resetFactor = (account: string) => tell('POST', office.resetFactor(account))
export const releaseAccount = (account: string) => tell('POST', office.releaseAccount(account))
export const readSystem = (signal: AbortSignal) => ask<SystemStatus>('GET', office.system, { signal })

export const readAccessOf = (patient: string, before: string | undefined, signal: AbortSignal) =>
  ask<AccessHistory>('GET', office.accessOf(patient, page({}, before)), { signal })

export const readAccessBy = (account: string, before: string | undefined, signal: AbortSignal) =>
  ask<PersonAccess>('GET', office.people(page({ account }, before)), { signal })

function page(query: Record<string, string>, before: string | undefined): URLSearchParams {
  return new URLSearchParams(before === undefined ? query : { ...query, before })
}
