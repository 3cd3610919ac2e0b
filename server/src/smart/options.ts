import type { Identity } from '#identity'

export interface SmartOptions {
  readonly identity: Pick<Identity, 'authenticateClient' | 'issueToken' | 'findToken' | 'revokeToken'>
  /** Whose clients come here. */
  readonly tenant: number
  /** `https://ehr.example`, when callers know this server by one address whatever host they ask for. */
  readonly publicOrigin?: string | undefined
}
