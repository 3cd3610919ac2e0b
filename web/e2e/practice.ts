import { readFileSync } from 'node:fs'

export interface Account {
  readonly user: string
  readonly role: string
  readonly password: string
  /** Base32, as an authenticator app has it. */
  readonly totpSecret: string
}

export interface Practice {
  readonly url: string
  readonly accounts: readonly Account[]
  stop?(): Promise<void>
}

/**
 * A practice with patients and one account of each role, on a server of its own; or, with CHARTKEEP_READY_FILE, the demo
 * that wrote this file.
 */
export async function findPractice(): Promise<Practice> {
  const ready = process.env['CHARTKEEP_READY_FILE']
  if (ready !== undefined) return JSON.parse(readFileSync(ready, 'utf8')) as Practice
  const { startPractice } = (await import('../../server/test/practice.ts')) as {
    startPractice: () => Promise<Practice>
  }
  return startPractice()
}

export function accountOf(practice: Practice, role: string): Account {
  const account = practice.accounts.find((one) => one.role === role)
  if (account === undefined) throw new Error(`the practice has no ${role}`)
  return account
}
