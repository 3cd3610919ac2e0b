// The map of the web app: which page stands at which path. Pages are fetched when they are opened first.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Frame, NoPage } from './frame/frame.tsx'
import { PageFault } from './frame/page-fault.tsx'
import { Home } from './pages/home.tsx'
import { Chart, FirstTab } from './pages/patient/chart.tsx'
import { paths } from './paths.ts'

const root = createRootRoute({ component: Frame, notFoundComponent: NoPage })

/** What may stand behind the `?`: what is open beside the chart. Ids and fixed words only. */
interface Beside {
  readonly panel?: 'note'
  /** The note that an addendum is written to. */
  readonly addendum?: string
}

const chart = createRoute({
  getParentRoute: () => root,
  id: 'chart',
  component: Chart,
  validateSearch: (search: Record<string, unknown>): Beside => ({
    ...(search['panel'] === 'note' ? { panel: 'note' as const } : {}),
    ...(typeof search['addendum'] === 'string' ? { addendum: search['addendum'] } : {}),
  }),
})

const inRoot = { getParentRoute: () => root }
const inChart = { getParentRoute: () => chart }

/** One page with and without a note beside the list: the list keeps its focus, order and filter when a note is opened. */
const notes = createRoute({
  ...inChart,
  path: paths.notes,
  component: lazyRouteComponent(() => import('./pages/patient/notes.tsx'), 'NotesPage'),
})

const tree = root.addChildren([
  createRoute({ ...inRoot, path: paths.home, component: Home }),
  createRoute({
    ...inRoot,
    path: paths.today,
    component: lazyRouteComponent(() => import('./pages/today/today.tsx'), 'TodayPage'),
  }),
  createRoute({
    ...inRoot,
    path: paths.patients,
    component: lazyRouteComponent(() => import('./pages/patients.tsx'), 'PatientsPage'),
  }),
  createRoute({
    ...inRoot,
    path: paths.billing,
    component: lazyRouteComponent(() => import('./pages/billing.tsx'), 'BillingPage'),
  }),
  createRoute({
    ...inRoot,
    path: paths.access,
    component: lazyRouteComponent(() => import('./pages/access-look-up.tsx'), 'AccessLookUpPage'),
  }),
  createRoute({
    ...inRoot,
    path: paths.accounts,
    component: lazyRouteComponent(() => import('./pages/accounts.tsx'), 'AccountsPage'),
  }),
  createRoute({
    ...inRoot,
    path: paths.system,
    component: lazyRouteComponent(() => import('./pages/system.tsx'), 'SystemPage'),
  }),
  chart.addChildren([
    createRoute({ ...inChart, path: paths.chart, component: FirstTab }),
    createRoute({
      ...inChart,
      path: paths.summary,
      component: lazyRouteComponent(() => import('./pages/patient/summary.tsx'), 'SummaryPage'),
    }),
    createRoute({
      ...inChart,
      path: paths.results,
      component: lazyRouteComponent(() => import('./pages/patient/results.tsx'), 'ResultsPage'),
    }),
    createRoute({
      ...inChart,
      path: paths.vitals,
      component: lazyRouteComponent(() => import('./pages/patient/vitals.tsx'), 'VitalsPage'),
    }),
    createRoute({
      ...inChart,
      path: paths.problems,
      component: lazyRouteComponent(() => import('./pages/patient/problems.tsx'), 'ProblemsPage'),
    }),
    createRoute({
      ...inChart,
      path: paths.medications,
      component: lazyRouteComponent(() => import('./pages/patient/medications.tsx'), 'MedicationsPage'),
    }),
    createRoute({
      ...inChart,
      path: paths.allergies,
      component: lazyRouteComponent(() => import('./pages/patient/allergies.tsx'), 'AllergiesPage'),
    }),
    createRoute({
      ...inChart,
      path: paths.immunisations,
      component: lazyRouteComponent(() => import('./pages/patient/immunisations.tsx'), 'ImmunisationsPage'),
    }),
    createRoute({
      ...inChart,
      path: paths.visits,
      component: lazyRouteComponent(() => import('./pages/patient/visits.tsx'), 'VisitsPage'),
    }),
    notes.addChildren([createRoute({ getParentRoute: () => notes, path: '$note' })]),
    createRoute({
      ...inChart,
      path: paths.documents,
      component: lazyRouteComponent(() => import('./pages/patient/documents.tsx'), 'DocumentsPage'),
    }),
    createRoute({
      ...inChart,
      path: paths.details,
      component: lazyRouteComponent(() => import('./pages/patient/details.tsx'), 'DetailsPage'),
    }),
    createRoute({
      ...inChart,
      path: paths.claims,
      component: lazyRouteComponent(() => import('./pages/patient/claims.tsx'), 'ClaimsPage'),
    }),
    createRoute({
      ...inChart,
      path: paths.history,
      component: lazyRouteComponent(() => import('./pages/patient/history.tsx'), 'HistoryPage'),
    }),
  ]),
])

export const router = createRouter({
  routeTree: tree,
  defaultPreload: false,
  scrollRestoration: false,
  defaultErrorComponent: PageFault,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
