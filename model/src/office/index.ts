// The contract of our own endpoints, `/office/*`: what the web app sends and what it gets back. Clinical content crosses
// as FHIR R4 resources; only what FHIR has no word for has a shape here. Every request but GET carries the header
// `X-Chartkeep: 1`. What the server declines comes back as `Refused` with the HTTP status of its code.

export type Role = 'front-desk' | 'nurse' | 'clinician' | 'biller' | 'privacy-officer' | 'administrator'

/** The body of every answer that is not 2xx. */
export interface Refused {
  /** A code of the server's refusal table: 'not-permitted', 'session-locked', 'version-conflict'… */
  readonly code: string
  /** Plain words without any data in them. */
  readonly text: string
  /** The rule that decided, when policy did. */
  readonly rule?: string
  /** What would satisfy the rule, or what to do now. */
  readonly remedy?: string
  /** Names the request in the operational log. */
  readonly reference: string
}

// ── Signing in ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** POST /office/sign-in. The answer is `SignInStep`. */
export interface SignIn {
  readonly user: string
  readonly password: string
}

/**
 * What comes after the password. `enrol`: no second factor yet; show the QR code and the secret, then send a code.
 * `code`: send the code. Both by POST /office/sign-in/code with `SignInCode`; the answer is `Session`.
 */
export type SignInStep =
  | { readonly step: 'enrol'; readonly secret: string; readonly uri: string; readonly qr: QrCode }
  | { readonly step: 'code' }

/** A QR code as rows of dark (1) and light (0) modules, drawn by the page as SVG: no image is fetched. */
export type QrCode = readonly (readonly (0 | 1)[])[]

export interface SignInCode {
  /** Six digits (TOTP, RFC 6238). */
  readonly code: string
}

/** GET /office/session; also the answer to sign-in/code, unlock and role. */
export interface Session {
  /** After enrolment only, and only once: codes to keep on paper for the day the authenticator is lost. */
  readonly recoveryCodes?: readonly string[]
  readonly account: string
  readonly user: string
  readonly name: string
  /** The role in use; rights depend on it. */
  readonly role: Role
  /** The roles this person may take. POST /office/role with `{ role }` changes it. */
  readonly roles: readonly Role[]
  readonly practice: string
  readonly workstation: string
  /** Seconds without activity after which the screen locks. */
  readonly idleSeconds: number
  /** When the session ends whatever happens: RFC 3339. */
  readonly expires: string
  readonly locked: boolean
  /** What the role in use may do, by type: letters of r s h c u d. A type that is missing is not permitted. */
  readonly rights: Readonly<Record<string, string>>
  /** What the role sees as its first page. */
  readonly home: 'schedule' | 'billing' | 'access' | 'system'
}

/** POST /office/unlock. POST /office/lock, /office/sign-out and /office/activity have no body and answer 204. */
export interface Unlock {
  readonly password: string
}

// ── Patients ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** POST /office/patients/search (the text is PHI, so it never stands in a URL). Answer: `PatientHits`. */
export interface PatientSearch {
  /** Parts of names in any order, a birth date in any usual form, an MRN, or several of these. */
  readonly text: string
  /** 1 to 50, default 20. */
  readonly limit?: number
}

export interface PatientHits {
  readonly patients: readonly PatientHit[]
  /** More match than were sent. */
  readonly more: boolean
}

/** GET /office/patients/recent also answers `PatientHits`: those this person opened last, newest first. */
export interface PatientHit {
  readonly id: string
  /** `Family, Given Middle` as it is to be shown. */
  readonly name: string
  readonly preferredName?: string
  /** YYYY-MM-DD, or shorter where no more is known. */
  readonly birthDate?: string
  readonly sex?: 'male' | 'female' | 'other' | 'unknown'
  readonly mrn?: string
  readonly deceased: boolean
  /** Ids of other patients that are likely to be the same person. */
  readonly duplicates: readonly string[]
}

/** GET /office/patients/:id/banner. Recorded as opening the chart. */
export interface Banner extends PatientHit {
  readonly initials: string
  /** Documents that hold a photo are Binary; absent when there is none. */
  readonly photo?: string
  readonly allergies: AllergyStatus
  readonly phone?: string
  readonly primaryCare?: string
  /** How many people other than the reader opened this chart in the last 30 days; absent when the role may not see it. */
  readonly viewers?: number
}

/** "Not asked" is not "none known". `not-shown`: the role may not see clinical content. */
export type AllergyStatus =
  | { readonly status: 'not-asked' }
  | { readonly status: 'none-known' }
  | {
      readonly status: 'known'
      readonly allergies: readonly { readonly text: string; readonly severe: boolean; readonly reaction?: string }[]
    }
  | { readonly status: 'not-shown'; readonly reason: Refused }

/**
 * GET /office/patients/:id/records?type=Condition&type=Observation&category=laboratory&count=200&before=<cursor>:
 * the patient's records of these types as FHIR resources, newest first by clinical date. What the role may not see is
 * left out of `records` and named in `refused`.
 */
export interface RecordList {
  readonly records: readonly FhirRecord[]
  readonly refused: readonly { readonly type: string; readonly reason: Refused }[]
  /** Send as `before` for the next, older records; absent at the end. */
  readonly next?: string
}

/** A FHIR R4 resource as stored: `resourceType`, `id`, `meta` and its own elements. */
export type FhirRecord = { readonly resourceType: string; readonly id: string } & Readonly<Record<string, unknown>>

/**
 * GET /office/patients/:id/events: server-sent events. `changed` with `Changed` after another user's change is saved.
 * It names what changed, not what it says: the page reads it again, and that read is recorded.
 */
export interface Changed {
  readonly type: string
  readonly id: string
}

// ── Notes ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** PUT /office/patients/:id/draft saves (answer `DraftSaved`), GET answers `Draft` or 204 when there is none, DELETE drops. */
export interface Draft {
  readonly title: string
  readonly text: string
  /** A LOINC document type, for example 11506-3 (progress note). */
  readonly loinc: string
  /** The signed note that this is an addendum to. */
  readonly addendumTo?: string
}

export interface DraftSaved {
  /** RFC 3339. */
  readonly saved: string
}

/** POST /office/patients/:id/notes signs the draft: password again, answer the signed DocumentReference as FhirRecord. */
export interface SignNote {
  readonly draft: Draft
  readonly password: string
}

// ── Documents ────────────────────────────────────────────────────────────────────────────────────────────────────────

// GET /office/patients/:id/documents/:binary streams the content: images, PDF and text inline and without any rights,
// everything else as an attachment.
// POST /office/patients/:id/documents with the file as the body, its media type in Content-Type and its title, encoded by
// encodeURIComponent, in X-Title (the title is PHI, so it never stands in a URL). Answer: the DocumentReference.

// ── Access history ───────────────────────────────────────────────────────────────────────────────────────────────────

/** GET /office/patients/:id/access?before=<cursor>: who opened this patient's records, newest first. */
export interface AccessHistory {
  readonly entries: readonly AccessEntry[]
  readonly next?: string
  /** The last signed checkpoint that covers these entries: tree size and RFC 3339 time. */
  readonly checkpoint?: { readonly size: number; readonly at: string }
}

export interface AccessEntry {
  readonly id: string
  /** RFC 3339. */
  readonly at: string
  /** The person's name, a client's name, or `Import`. */
  readonly who: string
  readonly role: string
  readonly workstation: string
  /** read, search, history, create, update, delete, draft, review-access. */
  readonly action: string
  /** What kind of records, by FHIR type, with how many where more than one: "Condition, Observation (3)". */
  readonly what: string
  /** TREAT, HPAYMT, HOPERAT, ETREAT, SYSADMIN. */
  readonly purpose: string
  /** The policy rule that allowed or refused it, and the same in plain words. */
  readonly rule: string
  readonly why: string
  readonly outcome: 'done' | 'refused' | 'failed'
}

// ── Today, accounts, system ──────────────────────────────────────────────────────────────────────────────────────────

/**
 * GET /office/schedule?date=YYYY-MM-DD: the day's appointments. POST /office/appointments/:id/status with `StatusChange`
 * moves one along; answers 204.
 */
export interface DaySchedule {
  readonly date: string
  readonly appointments: readonly ScheduledVisit[]
}

export interface StatusChange {
  readonly status: string
  /** The version that was on the screen; another one is there by now → 'version-conflict'. */
  readonly version?: string
}

export interface ScheduledVisit {
  readonly id: string
  readonly version: string
  readonly start: string
  readonly end: string
  /** A FHIR AppointmentStatus: booked, arrived, checked-in, fulfilled, noshow, cancelled… */
  readonly status: string
  readonly patient: PatientHit
  readonly practitioner: string
  readonly room?: string
  readonly type?: string
  /** Why the patient comes; absent for roles that may not know. */
  readonly reason?: string
}

/**
 * GET /office/accounts (administrator, privacy officer). POST creates (`NewAccount`, answers 201 with `{ id }`), POST
 * /office/accounts/:id/disable ends it at once, POST /office/accounts/:id/reset-factor has a lost authenticator enrolled
 * anew, POST /office/accounts/:id/release opens it again after too many wrong passwords; all three answer 204.
 */
export interface AccountList {
  readonly accounts: readonly AccountSummary[]
}

export interface AccountSummary {
  readonly id: string
  readonly user: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly secondFactor: boolean
  readonly disabled: boolean
  /** Its stored row failed the integrity check: it lets nobody in, and can only be disabled. */
  readonly damaged?: boolean
  readonly lastSignIn?: string
}

export interface NewAccount {
  readonly user: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly password: string
}

/** GET /office/system (administrator, privacy officer): is the record of access whole and up to date? */
export interface SystemStatus {
  readonly version: string
  readonly started: string
  readonly ledger: {
    /** Entries that the newest signed checkpoint covers. */
    readonly sequenced: number
    readonly checkpointAt?: string
    /** When the last pass found nothing left to take in: RFC 3339. */
    readonly caughtUpAt?: string
    readonly fault?: string
    readonly witnesses: readonly { readonly name: string; readonly at?: string; readonly failing: boolean }[]
  }
  readonly database: { readonly kind: 'embedded' | 'external'; readonly version: string; readonly bytes: number }
  readonly keys: { readonly epoch: number; readonly source: 'file' | 'passphrase' }
}

/** GET /office/people?account=<id>&before=<cursor> (privacy officer): what one person did. */
export interface PersonAccess {
  /** `patient` where the entry is about one. */
  readonly entries: readonly (AccessEntry & { readonly patient?: PatientHit })[]
  readonly next?: string
}
