import './button.css'
import type { ButtonHTMLAttributes } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `main` once on a form; `harm` for what cannot be taken back; `bare` inside rows and bars. */
  readonly look?: 'main' | 'plain' | 'bare' | 'harm'
  readonly icon?: IconName
  /** Being carried out: it cannot be pressed again and says so. */
  readonly busy?: boolean
  /** Shown at its end, and named to assistive technology. */
  readonly keys?: string
}

export function Button({
  look = 'plain',
  icon,
  busy = false,
  keys,
  children,
  className,
  disabled,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`button button-${look} ${className ?? ''}`}
      aria-busy={busy || undefined}
      aria-disabled={busy || disabled || undefined}
      aria-keyshortcuts={keys?.replaceAll(' ', '+')}
      // It keeps the focus while it is busy, so that a keyboard user does not fall to the top of the page.
      onClick={busy || disabled ? (event) => event.preventDefault() : onClick}
    >
      {icon !== undefined && <Icon name={icon} size={14} />}
      {children}
      {keys !== undefined && <kbd aria-hidden="true">{keys}</kbd>}
    </button>
  )
}
