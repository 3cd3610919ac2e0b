import type { Clock, Log } from '#base'
import type { Database, DatabaseTarget } from '#db'
import type { Identity } from '#identity'
import type { Keyring, RootSource } from '#keys'
import type { Ledger } from '#ledger'
import type { Records } from '#records'
import type { Installation } from './installation.ts'

/** What commands are given to work with; src/main.ts puts it together. */
export interface Composition {
  /** Ready to work beside a running server or without one. What a server opens, it also ends: PostgreSQL too. */
  openSystem(options: SystemOptions, server?: Pick<ServerOptions, 'workers' | 'signal'>): Promise<System>
  /** Keys and database as they are, to be looked at: nothing is migrated, nothing written. */
  openForVerification(options: SystemOptions): Promise<Inspected>
  /** Each part that a start needs, looked at without a start: nothing is made or changed. */
  checkStart(options: SystemOptions & ServerOptions): Promise<readonly CheckedPart[]>
  /** Closes the system when it stops, or does not start. */
  startServer(system: System, options: SystemOptions & ServerOptions): Promise<Server>
}

export interface CheckedPart {
  readonly part: string
  /** Why a start would fail there. */
  readonly fault?: unknown
}

export interface SystemOptions {
  readonly installation: Installation
  readonly source: RootSource
  /** An external PostgreSQL; undefined: the embedded one in the data folder. */
  readonly databaseUrl: string | undefined
  /** Folders that checkpoints of the ledger go to. */
  readonly witnesses: readonly string[]
  readonly clock: Clock
  readonly log: Log
}

export interface Inspected {
  readonly keys: Keyring
  readonly db: Database
  close(): Promise<void>
}

export interface System extends Inspected {
  readonly tenant: number
  readonly target: DatabaseTarget
  readonly ledger: Ledger
  readonly identity: Identity
  /** The store, opened when first asked for: it reads every patient's name into memory. */
  records(): Promise<Records>
}

export interface ServerOptions {
  readonly port: number
  readonly host: string
  /** PEM files that someone else renews; undefined: certificates of our own authority. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** Names and addresses, besides localhost, that own certificates are made for. */
  readonly names: readonly string[]
  /** `https://ehr.example`: how others reach this server, when not as it listens. */
  readonly publicUrl: string | undefined
  readonly trustedProxies: readonly string[]
  /** Processes that serve. */
  readonly workers: number
  /** Aborted when somebody says stop: a start that is under way ends. */
  readonly signal?: AbortSignal
}

export interface Server {
  readonly url: string
  readonly fhir: string
  /** Path of the certificate that callers are to trust; undefined when certificates were given. */
  readonly ca: string | undefined
  /** In order: requests at work finish, the ledger signs its last checkpoint, the database ends. */
  stop(): Promise<void>
}
