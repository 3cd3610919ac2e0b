const shapes = {
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.3 10.3 14 14',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z',
  plus: 'M8 3v10M3 8h10',
  down: 'M4 6.5 8 10l4-3.5',
  left: 'M10 3.5 6 8l4 4.5',
  right: 'M6 3.5 10 8l-4 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2 14.5 13.5h-13ZM8 6.5v3.5M8 11.8v.2',
  stop: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8ZM3.8 3.8l8.4 8.4',
  check: 'M3 8.5 6.5 12 13 4.5',
  plot: 'M2 2v12h12M4.5 10.5l3-4 2.5 2 3.5-5',
  table: 'M2 3h12v10H2zM2 6.5h12M2 10h12M6 3v10',
  file: 'M4 1.8h5l3 3v9.4H4zM9 1.8v3h3',
  upload: 'M8 10.5V2.5M4.8 5.5 8 2.5l3.2 3M2.5 10.5v3h11v-3',
  download: 'M8 2.5v8M4.8 7.5 8 10.5l3.2-3M2.5 10.5v3h11v-3',
  offline: 'M2 2l12 12M3 8.5a7 7 0 0 1 3-2M13 8.5a7 7 0 0 0-4.5-2.4M5.5 11a3.5 3.5 0 0 1 5 0M8 13.4v.1',
} as const

export type IconName = keyof typeof shapes

/** A line drawing beside words; it says nothing on its own, so screen readers pass over it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={shapes[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
