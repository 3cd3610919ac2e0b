// The only place that knows a URL. Addresses hold ids and dates of the calendar, never words about a patient.

/** Pages, as the router matches them. `$patient` and `$note` are ids. */
export const paths = {
  home: '/',
  today: '/today',
  patients: '/patients',
  billing: '/billing',
  access: '/access',
  accounts: '/accounts',
  system: '/system',
  chart: '/patients/$patient',
  summary: '/patients/$patient/summary',
  results: '/patients/$patient/results',
  vitals: '/patients/$patient/vitals',
  problems: '/patients/$patient/problems',
  medications: '/patients/$patient/medications',
  allergies: '/patients/$patient/allergies',
  immunisations: '/patients/$patient/immunisations',
  visits: '/patients/$patient/visits',
  notes: '/patients/$patient/notes',
  note: '/patients/$patient/notes/$note',
  documents: '/patients/$patient/documents',
  details: '/patients/$patient/details',
  claims: '/patients/$patient/claims',
  history: '/patients/$patient/access',
} as const

/** Endpoints of the server (contract: @chartkeep/model/office). */
export const office = {
  signIn: '/office/sign-in',
  signInCode: '/office/sign-in/code',
  signOut: '/office/sign-out',
  session: '/office/session',
  lock: '/office/lock',
  unlock: '/office/unlock',
  activity: '/office/activity',
  role: '/office/role',
  search: '/office/patients/search',
  recent: '/office/patients/recent',
  banner: (patient: string) => `/office/patients/${segment(patient)}/banner`,
  records: (patient: string, query: URLSearchParams) => `/office/patients/${segment(patient)}/records?${query}`,
  events: (patient: string) => `/office/patients/${segment(patient)}/events`,
  draft: (patient: string) => `/office/patients/${segment(patient)}/draft`,
  notes: (patient: string) => `/office/patients/${segment(patient)}/notes`,
  documents: (patient: string) => `/office/patients/${segment(patient)}/documents`,
  document: (patient: string, binary: string) => `/office/patients/${segment(patient)}/documents/${segment(binary)}`,
  accessOf: (patient: string, query: URLSearchParams) => `/office/patients/${segment(patient)}/access?${query}`,
  schedule: (date: string) => `/office/schedule?${new URLSearchParams({ date })}`,
  appointmentStatus: (appointment: string) => `/office/appointments/${segment(appointment)}/status`,
  accounts: '/office/accounts',
  disableAccount: (account: string) => `/office/accounts/${segment(account)}/disable`,
  resetFactor: (account: string) => `/office/accounts/${segment(account)}/reset-factor`,
  releaseAccount: (account: string) => `/office/accounts/${segment(account)}/release`,
  people: (query: URLSearchParams) => `/office/people?${query}`,
  system: '/office/system',
  /** Answers without a session: is the server there? */
  healthz: '/healthz',
} as const

function segment(id: string): string {
  return encodeURIComponent(id)
}
