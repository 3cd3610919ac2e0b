import type { Clock } from '#base'
import { fhirRoutes } from '#fhir'
import type { Route } from '#http'
import { type OfficeParts, officeRoutes } from '#office'
import { smartRoutes } from '#smart'

interface Routing extends OfficeParts {
  readonly clock: Clock
  readonly tenant: number
  /** Where callers reach this server, `https://host:port`; known once it listens. */
  origin(): string
  /** The same, when it was given and does not depend on the host a caller asks for. */
  readonly publicOrigin?: string | undefined
}

/** Every route of every interface: what the server serves, and what its tests walk. */
export function allRoutes(parts: Routing): readonly Route[] {
  const { records, identity, clock, version, tenant, publicOrigin } = parts
  return [
    ...fhirRoutes({ records, clock, version, base: () => `${parts.origin()}/fhir/R4` }),
    ...officeRoutes(parts),
    ...smartRoutes({ identity, tenant, publicOrigin }),
  ]
}
