import './door.css'
import type { ReactNode } from 'react'

/** The sheet of paper that sign-in and the locked screen stand on. */
export function Door({ children, wide = false, foot }: { children: ReactNode; wide?: boolean; foot?: ReactNode }) {
  return (
    <div className="door">
      <main className={wide ? 'door-sheet door-wide' : 'door-sheet'}>
        <div className="door-mark">
          <Mark />
          Chartkeep
        </div>
        {children}
      </main>
      <footer className="door-foot">{foot ?? 'Every view of a chart is recorded. Use your own account.'}</footer>
    </div>
  )
}

export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="6" fill="currentColor" />
      <path d="M9 6h10l4 4v16H9z" fill="var(--paper)" />
      <path d="M12 15h8M12 19h8M12 23h5" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
