// Who is there. People sign in with a password and a second factor, programs with a signed assertion. Nothing that opens
// a door is stored as it is, the database names nobody, and each event has its entry in the ledger. Roles and scopes are
// text here: what they permit is for policy to say.
export type { NewAccount } from './account-rules.ts'
export {
  type AccountSummary,
  changeRoles,
  createAccount,
  disableAccount,
  enableAccount,
  endAllSessions,
  findAccount,
  listAccounts,
  releaseAccount,
  resetPassword,
  resetSecondFactor,
} from './accounts.ts'
export type { ClientRow as ClientSummary } from './client-rows.ts'
export {
  addClient,
  type AuthenticatedClient,
  type ClientForm,
  disableClient,
  type Endpoint,
  listClients,
  type NewClient,
} from './clients.ts'
export type { SignedIn } from './confirm.ts'
export { type Identity, openIdentity } from './identity.ts'
export { assemble, type By, type From, type Given, type Parts } from './parts.ts'
export type { Cost } from './password-hash.ts'
export { passwordFindings, passwordLength } from './password-rules.ts'
export type { Presence } from './presence.ts'
export type { PendingSignIn, SignInAttempt } from './sign-in.ts'
export type { IssuedToken, TokenHolder } from './tokens.ts'
export type { Enrolment } from './totp.ts'
export { type IdentityFault, verifyIdentity } from './verify.ts'
