import type { FhirRecord, RecordList } from '@chartkeep/model/office'
import { infiniteQueryOptions, type QueryClient, QueryClient as Client, queryOptions } from '@tanstack/react-query'
import { asFailure, isTransient } from './failure.ts'
import { readDraft } from './notes.ts'
import { readBanner, readRecords, recentPatients, type RecordChoice } from './patients.ts'
import { readAccessBy, readAccessOf, readAccounts, readSchedule, readSystem } from './practice.ts'

/**
 * Every read of a chart is recorded, so nothing is read again merely because the window got the focus: what others change
 * is announced by the server and read then. Lock and sign-out empty this cache.
 */
export function createCache(): QueryClient {
  return new Client({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        retry: (count, error) => count < 2 && isTransient(asFailure(error)),
        retryDelay: (attempt) => 400 * 2 ** attempt,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}

export const bannerOf = (patient: string) =>
  queryOptions({ queryKey: ['patient', patient, 'banner'], queryFn: ({ signal }) => readBanner(patient, signal) })

export const recordsOf = (patient: string, choice: RecordChoice) =>
  infiniteQueryOptions({
    queryKey: ['patient', patient, 'records', choice],
    queryFn: ({ pageParam, signal }) => readRecords(patient, choice, pageParam, signal),
    initialPageParam: firstPage(),
    getNextPageParam: (last: RecordList) => last.next,
  })

export const draftOf = (patient: string) =>
  queryOptions({
    queryKey: ['patient', patient, 'draft'],
    // null, because a query may not answer undefined.
    queryFn: async ({ signal }) => (await readDraft(patient, signal)) ?? null,
    gcTime: 0,
  })

export const accessOf = (patient: string) =>
  infiniteQueryOptions({
    queryKey: ['patient', patient, 'access'],
    queryFn: ({ pageParam, signal }) => readAccessOf(patient, pageParam, signal),
    initialPageParam: firstPage(),
    getNextPageParam: (last) => last.next,
    staleTime: 0,
  })

export const accessBy = (account: string) =>
  infiniteQueryOptions({
    queryKey: ['access-by', account],
    queryFn: ({ pageParam, signal }) => readAccessBy(account, pageParam, signal),
    initialPageParam: firstPage(),
    getNextPageParam: (last) => last.next,
    staleTime: 0,
  })

export const recents = queryOptions({
  queryKey: ['recent'],
  queryFn: ({ signal }) => recentPatients(signal),
  staleTime: 30_000,
})

export const scheduleOf = (date: string) =>
  queryOptions({ queryKey: ['schedule', date], queryFn: ({ signal }) => readSchedule(date, signal), staleTime: 15_000 })

export const accountList = queryOptions({
  queryKey: ['accounts'],
  queryFn: ({ signal }) => readAccounts(signal),
  staleTime: 0,
})

export const systemStatus = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => readSystem(signal),
  staleTime: 0,
})

/** Marks what a change to one record touches, so that the open pages read it again. */
export async function forgetChanged(cache: QueryClient, patient: string, type: string): Promise<void> {
  await cache.invalidateQueries({
    predicate: ({ queryKey: [scope, id, kind, choice] }) => {
      if (scope !== 'patient' || id !== patient) return false
      if (kind === 'banner') return inBanner.has(type)
      return kind === 'records' && namesType(choice, type)
    },
  })
}

/** After the connection was away nobody knows what changed: read everything of this patient that is on the screen. */
export async function forgetPatient(cache: QueryClient, patient: string): Promise<void> {
  await cache.invalidateQueries({
    predicate: ({ queryKey: [scope, id, kind] }) => scope === 'patient' && id === patient && kind !== 'draft',
  })
}

/** The pages of a list as one. */
export function joined(pages: readonly RecordList[]): { records: FhirRecord[]; refused: RecordList['refused'] } {
  return { records: pages.flatMap((page) => page.records), refused: pages[0]?.refused ?? [] }
}

const inBanner = new Set(['Patient', 'AllergyIntolerance'])

function namesType(choice: unknown, type: string): boolean {
  return (
    typeof choice === 'object' &&
    choice !== null &&
    'types' in choice &&
    Array.isArray(choice.types) &&
    choice.types.includes(type)
  )
}

function firstPage(): string | undefined {
  return undefined
}
