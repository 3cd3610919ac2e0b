import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { searchPatients } from '../api/patients.ts'

/** Fast typists write a letter each 90 ms or so: one question per pause, an answer with nearly every letter. */
const pauseMs = 60
const leastLetters = 2

/** Search as you type. While the next answer is on its way the last one stands, marked as older. */
export function usePatientSearch(typed: string, limit = 20, allowed = true) {
  const [text] = useDebouncedValue(typed.trim(), pauseMs)
  const asked = allowed && text.length >= leastLetters
  const query = useQuery({
    queryKey: ['search', text, limit],
    queryFn: ({ signal }) => searchPatients(text, limit, signal),
    enabled: asked,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 30_000,
  })
  const wanted = allowed && typed.trim().length >= leastLetters
  return {
    hits: wanted && asked ? (query.data?.patients ?? []) : [],
    more: wanted && (query.data?.more ?? false),
    /** The answer belongs to what is typed now. */
    settled: wanted && asked && text === typed.trim() && query.isSuccess && !query.isPlaceholderData,
    failure: wanted ? query.error : null,
    retry: () => void query.refetch(),
    wanted,
  }
}
