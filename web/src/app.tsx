import { MantineProvider } from '@mantine/core'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect } from 'react'
import { styleNonce, theme } from './frame/theme.ts'
import { router } from './routes.tsx'
import { DeskProvider, SessionProvider } from './session/context.tsx'
import type { Desk } from './session/desk.ts'
import { Door } from './session/door.tsx'
import { LockScreen } from './session/lock-screen.tsx'
import { SignIn } from './session/sign-in.tsx'
import { FailurePanel, Skeleton } from './ui/states.tsx'
import { useStore } from './ui/store.ts'

/** The page: a door, and behind it the frame. The frame stands only while a session is open. */
export function App({ desk, cache }: { desk: Desk; cache: QueryClient }) {
  useEffect(() => void desk.check(), [desk])
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
      colorSchemeManager={followSystem}
    >
      <QueryClientProvider client={cache}>
        <DeskProvider value={desk}>
          <Gate desk={desk} />
        </DeskProvider>
      </QueryClientProvider>
    </MantineProvider>
  )
}

function Gate({ desk }: { desk: Desk }) {
  const gate = useStore(desk.gate)
  switch (gate.state) {
    case 'checking':
      return <Skeleton rows={0} label="Loading" />
    case 'unreachable':
      return (
        <Door>
          <FailurePanel error={gate.failure} what="Chartkeep" retry={() => void desk.check()} />
        </Door>
      )
    case 'signed-out':
      return <SignIn ended={gate.ended} onSession={desk.enter} />
    case 'locked':
      return <LockScreen session={gate.session} />
    case 'open':
      return (
        <SessionProvider value={gate.session}>
          <RouterProvider router={router} />
        </SessionProvider>
      )
  }
}

/** Light or dark as the system says; nothing is kept in the browser. */
const followSystem = {
  get: () => 'auto' as const,
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
}
