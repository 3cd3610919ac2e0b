// The endpoints of the web app: signing in, patients, charts, notes, documents, the day, who looked, and keeping accounts.
export { type OfficeParts } from './parts.ts'
export { officeRoutes } from './routes.ts'
