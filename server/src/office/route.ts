import type { ResourceType } from '@chartkeep/model/fhir'
import { parseId } from '#base'
import type { Route } from '#http'
import type { Action } from '#policy'
import { personIn } from './asking.ts'

interface OfficeRoute extends Pick<Route, 'method' | 'path' | 'class' | 'handle'> {
  /** Below `/office`; with `/patients/:id` first, it is about that patient. */
  readonly path: string
  /** What a refusal here was about. */
  readonly types?: readonly ResourceType[]
  /** What was asked for, where the method does not tell it. */
  readonly action?: Action
}

/** A route of ours. All but those for signing in are for people only, whatever a program's scopes say. */
export function officeRoute({ path, handle, types = [], action, ...route }: OfficeRoute): Route {
  const aboutPatient = path.startsWith('/patients/:id')
  return {
    ...route,
    path: `/office${path}`,
    surface: 'office',
    handle:
      route.class === 'sign-in'
        ? handle
        : async (exchange) => {
            personIn(exchange)
            return handle(exchange)
          },
    concerns: ({ id = '' }) => {
      const patient = aboutPatient ? parseId<'patient'>(id) : undefined
      return {
        types,
        ...(action === undefined ? {} : { action }),
        ...(patient === undefined ? {} : { patients: [patient] }),
      }
    },
  }
}
