import './frame.css'
import './overlay.css'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { paths } from '../paths.ts'
import { useDesk, useSession } from '../session/context.tsx'
import { Bar } from './bar.tsx'
import { IdleWatch } from './idle-watch.tsx'
import { listenForKeys, useKeys } from './keys.ts'
import { KeysHelp } from './keys-help.tsx'
import { lockKeys } from './lock-keys.ts'
import { pagesOf } from './pages.ts'
import { Palette } from './palette.tsx'
import { useRowKeys } from './rows.ts'
import { forgetLastWord } from './status.ts'
import { StatusLine } from './status-line.tsx'

/** The frame around every page of an open session. */
export function Frame() {
  const session = useSession()
  const desk = useDesk()
  const navigate = useNavigate()
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const path = useRouterState({ select: ({ location }) => location.pathname })

  useEffect(() => listenForKeys(document), [])
  // What was said on one page may name a patient of it.
  useEffect(() => forgetLastWord, [path])
  useRowKeys()
  useKeys([
    { keys: 'mod+k', label: 'Find a patient, page or action', whileTyping: true, run: () => setPalette(true) },
    { keys: lockKeys.keys, label: 'Lock', whileTyping: true, overDialogs: true, run: () => void desk.lock() },
    { keys: '?', label: 'Show the keys', run: () => setHelp(true) },
    ...pagesOf(session).map((page) => ({
      keys: `g ${page.key}`,
      label: page.label,
      group: 'Go to',
      run: () => void navigate({ to: page.to }),
    })),
  ])

  return (
    <div className="frame">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
      >
        Skip to the page
      </a>
      <Bar openPalette={() => setPalette(true)} />
      <div className="frame-page">
        <Outlet />
      </div>
      <StatusLine />
      <IdleWatch />
      {palette && <Palette close={() => setPalette(false)} showKeys={() => setHelp(true)} />}
      <KeysHelp opened={help} close={() => setHelp(false)} />
    </div>
  )
}

/** For an address that leads nowhere. */
export function NoPage() {
  const navigate = useNavigate()
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1>No such page</h1>
      <p>The address leads nowhere in Chartkeep.</p>
      <p>
        <button type="button" className="button" onClick={() => void navigate({ to: paths.home })}>
          Go to your first page
        </button>
      </p>
    </main>
  )
}
