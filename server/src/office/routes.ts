import type { Route } from '#http'
import { accessRoutes } from './access.ts'
import { accountRoutes } from './accounts.ts'
import { chartRoutes } from './chart.ts'
import { documentRoutes } from './documents.ts'
import { eventRoutes } from './events.ts'
import { noteRoutes } from './notes.ts'
import type { OfficeParts } from './parts.ts'
import { patientRoutes } from './patients.ts'
import { scheduleRoutes } from './schedule.ts'
import { signInRoutes } from './sign-in.ts'
import { systemRoutes } from './system.ts'

/** Every endpoint of the web app; their contract is `@chartkeep/model/office`. */
export function officeRoutes(parts: OfficeParts): readonly Route[] {
  return [
    ...signInRoutes(parts),
    ...patientRoutes(parts),
    ...chartRoutes(parts),
    ...eventRoutes(parts),
    ...noteRoutes(parts),
    ...documentRoutes(parts),
    ...accessRoutes(parts),
    ...scheduleRoutes(parts),
    ...accountRoutes(parts),
    ...systemRoutes(parts),
  ]
}
