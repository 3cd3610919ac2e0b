import { Refusal } from '#base'
import type { Means } from './checks/check.ts'
import { compile, type CompiledRoute } from './pipeline.ts'
import { type Answer, methodsOf, type Route, type Surface } from './route.ts'
import type { Site } from './site.ts'
import type { Visit } from './visit.ts'

/** What no route matches: the web app's files and page, the wrong method, or nothing. All in column 'unmatched'. */
export function unmatchedRoutes(
  routes: readonly Route[],
  site: Site | undefined,
  means: Means,
): (url: string) => CompiledRoute {
  const surfaces = new Map<string, Surface>()
  for (const { path, surface } of routes) surfaces.set(firstSegment(path), surface)
  const shapes = routes.flatMap((route) => {
    const shape = shapeOf(route.path)
    return methodsOf(route).map((method) => ({ method, shape }))
  })

  const makeRoute = (surface: Surface, ofApi: boolean): CompiledRoute => {
    const nothing = () => Promise.reject(new Refusal('route-unknown'))
    const path = ofApi ? `/${surface}/(unmatched)` : '/(web app)'
    const compiled = compile({ method: 'GET', path, class: 'unmatched', surface, handle: nothing }, means)
    const unmatched = { shapes, site: ofApi ? undefined : site }
    return { ...compiled, handle: async (visit) => answerUnmatched(visit, unmatched) }
  }
  const compiled = new Map([...new Set(surfaces.values())].map((surface) => [surface, makeRoute(surface, true)]))
  const webApp = makeRoute('system', false)
  return (url) => {
    const surface = surfaces.get(firstSegment(url))
    return (surface === undefined ? undefined : compiled.get(surface)) ?? webApp
  }
}

interface Unmatched {
  readonly shapes: readonly { readonly method: string; readonly shape: RegExp }[]
  readonly site: Site | undefined
}

function answerUnmatched({ incoming }: Visit, { shapes, site }: Unmatched): Answer {
  const path = (incoming.url ?? '').split('?', 1)[0] ?? ''
  const allowed = shapes.filter(({ shape }) => shape.test(path)).map(({ method }) => method)
  // The method is offered, so it is the address: one that cannot be decoded comes here too.
  if (allowed.some((method) => method === incoming.method)) throw new Refusal('route-unknown')
  if (allowed.length > 0) throw new Refusal('method-not-allowed', { allow: allowed })
  if (site === undefined) throw new Refusal('route-unknown')
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD')
    throw new Refusal('method-not-allowed', { allow: ['GET', 'HEAD'] })
  const { accept = '', 'accept-encoding': encoding = '' } = incoming.headers
  // The address by itself is the page to whoever asks, curl and monitors too; below it, only to a browser.
  const found = site.file(path, encoding) ?? (path === '/' || accept.includes('text/html') ? site.page() : undefined)
  if (found === undefined) throw new Refusal('route-unknown')
  return found
}

function firstSegment(path: string): string {
  return path.split(/[/?#]/, 2)[1] ?? ''
}

function shapeOf(path: string): RegExp {
  const segments = path
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))
  return new RegExp(`^${segments.join('/')}/?$`)
}
