import type { Session } from '@chartkeep/model/office'
import { createContext, useContext } from 'react'
import type { Desk } from './desk.ts'

const DeskContext = createContext<Desk | undefined>(undefined)
const SessionContext = createContext<Session | undefined>(undefined)

export const DeskProvider = DeskContext.Provider
export const SessionProvider = SessionContext.Provider

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (desk === undefined) throw new Error('used outside of the desk')
  return desk
}

/** Who is signed in, in which role, where. Only inside an open session. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('used outside of an open session')
  return session
}

/** A hint for the order of things on the page. The server decides; the page then shows its reason. */
export function mayRead(session: Session, type: string): boolean {
  return session.rights[type]?.includes('r') ?? false
}

export function mayWrite(session: Session, type: string): boolean {
  return session.rights[type]?.includes('c') ?? false
}
