import { Link, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useSession } from '../../session/context.tsx'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { roleName } from '../../words/name.ts'
import { isClosed, tabsFor } from './tabs.ts'

/** The activities of a chart. Those that will only say why they show nothing carry a lock. */
export function TabBar({ patient, write }: { patient: string; write: () => void }) {
  const session = useSession()
  const list = useRef<HTMLElement>(null)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  useEffect(() => {
    list.current?.querySelector('.active')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [path])
  return (
    <div className="tabs">
      <nav className="tabs-list" aria-label="Chart" ref={list}>
        {tabsFor(session).map((tab) => {
          const closed = isClosed(session, tab)
          return (
            <Link
              key={tab.to}
              to={tab.to}
              params={{ patient }}
              search={true}
              className="tab"
              data-closed={closed || undefined}
              title={closed ? `Not open to ${roleName(session.role).toLowerCase()}; the tab says why` : undefined}
            >
              {closed && <Icon name="lock" size={12} />}
              {tab.label}
            </Link>
          )
        })}
      </nav>
      <Button icon="plus" onClick={write} aria-keyshortcuts="n">
        Note
      </Button>
    </div>
  )
}
