// The key hierarchy: root, epochs, patients, purposes. What is sealed under these keys can be opened by nobody else,
// and what cannot be opened is reported as damaged: there is no way to get unauthenticated bytes out of here.
export { Damaged, KeyFault, type KeyFaultCode } from './fault.ts'
export { createKeyring, Keyring, type KeyOwner, openKeyring, type WrappedKey } from './keyring.ts'
export type { LedgerKeys, Signer } from './ledger-keys.ts'
export { hmacSha256 } from './mac.ts'
export { PatientKey } from './patient-key.ts'
export type { RootSource } from './root.ts'
export { open, seal } from './seal.ts'
