import { Menu } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { paths } from '../paths.ts'
import { mayRead, useDesk, useSession } from '../session/context.tsx'
import { Mark } from '../session/door.tsx'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { useStore } from '../ui/store.ts'
import { formatTime } from '../words/date.ts'
import { roleName } from '../words/name.ts'
import { keyWords } from './keys.ts'
import { lockKeys } from './lock-keys.ts'
import { closePatient, openPatients } from './open-patients.ts'
import { pagesOf } from './pages.ts'

/** Where I am, whom I have open, who I am and until when: rights depend on it. */
export function Bar({ openPalette }: { openPalette: () => void }) {
  const session = useSession()
  const desk = useDesk()
  return (
    <header className="bar">
      <Link to={paths.home} className="bar-practice" aria-label={`${session.practice}: first page`}>
        <Mark />
        <span>{session.practice}</span>
      </Link>
      <nav className="bar-pages" aria-label="Pages">
        {pagesOf(session).map((page) => (
          <Link key={page.to} to={page.to} className="bar-page" activeOptions={{ exact: true }}>
            {page.label}
          </Link>
        ))}
      </nav>
      <button type="button" className="bar-search" onClick={openPalette} aria-keyshortcuts="Control+K">
        <Icon name="search" size={14} />
        <span>{mayRead(session, 'Patient') ? 'Find a patient, page or action' : 'Find a page or action'}</span>
        <kbd aria-hidden="true">{keyWords('mod+K')}</kbd>
      </button>
      <OpenPatientsMenu />
      <UserMenu />
      <Button
        look="bare"
        icon="lock"
        className="bar-lock"
        aria-keyshortcuts={lockKeys.aria}
        title={`Lock (${keyWords(lockKeys.keys)})`}
        onClick={() => void desk.lock()}
      >
        Lock
      </Button>
    </header>
  )
}

function OpenPatientsMenu() {
  const open = useStore(openPatients)
  const navigate = useNavigate()
  const { patient: here } = useParams({ strict: false })
  if (open.length === 0) return null
  return (
    <Menu>
      <Menu.Target>
        <button type="button" className="bar-menu">
          <span>{open.length} open</span>
          <span className="bar-wide">{open.length === 1 ? 'patient' : 'patients'}</span>
          <Icon name="down" size={12} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {open.map((patient) => (
          <Menu.Item
            key={patient.id}
            aria-current={patient.id === here || undefined}
            onClick={() => void navigate({ to: paths.chart, params: { patient: patient.id } })}
          >
            {patient.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {open.map((patient) => (
          <Menu.Item
            key={patient.id}
            leftSection={<Icon name="close" size={12} />}
            onClick={() => {
              closePatient(patient.id)
              if (patient.id === here) void navigate({ to: paths.home })
            }}
          >
            Close {patient.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function UserMenu() {
  const session = useSession()
  const desk = useDesk()
  const others = session.roles.filter((role) => role !== session.role)
  return (
    <Menu>
      <Menu.Target>
        <button type="button" className="bar-menu bar-user">
          <span className="bar-name">{session.name}</span>
          <span className="bar-wide"> · {roleName(session.role)}</span>
          <span className="bar-wider"> · {session.workstation}</span>
          <span className="bar-wider bar-until"> · until {formatTime(new Date(session.expires))}</span>
          <Icon name="down" size={12} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.name} ({session.user})
          <br />
          {roleName(session.role)} at {session.workstation}, until {formatTime(new Date(session.expires))}
        </Menu.Label>
        {others.length > 0 && <Menu.Divider />}
        {others.map((role) => (
          <Menu.Item key={role} onClick={() => void desk.takeRole(role)}>
            Work as {roleName(role).toLowerCase()}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void desk.lock()}>Lock</Menu.Item>
        <Menu.Item onClick={() => void desk.signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
