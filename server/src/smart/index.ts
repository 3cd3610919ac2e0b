// How programs get in: SMART Backend Services. Discovery, the token endpoint, and introspection and revocation of tokens.
import type { Route } from '#http'
import { discoveryRoute } from './discovery.ts'
import { introspectionRoute } from './introspection.ts'
import type { SmartOptions } from './options.ts'
import { revocationRoute } from './revocation.ts'
import { tokenRoute } from './token.ts'

export { paths as smartPaths } from './addresses.ts'
export type { SmartOptions } from './options.ts'

export function smartRoutes(options: SmartOptions): readonly Route[] {
  return [discoveryRoute(options), tokenRoute(options), introspectionRoute(options), revocationRoute(options)]
}
