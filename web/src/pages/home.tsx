import { Navigate } from '@tanstack/react-router'
import { homeOf } from '../frame/pages.ts'
import { useSession } from '../session/context.tsx'

/** Each role begins where its work is. */
export function Home() {
  return <Navigate to={homeOf(useSession())} replace />
}
