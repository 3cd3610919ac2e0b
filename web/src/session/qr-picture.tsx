import type { QrCode } from '@chartkeep/model/office'

/** A QR code drawn from its modules: one path, no image is fetched. Four modules of quiet zone (ISO/IEC 18004). */
export function QrPicture({ qr, label }: { qr: QrCode; label: string }) {
  const size = qr.length + 2 * quiet
  return (
    <svg
      className="enrol-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={modulesPath(qr)} fill="#000000" />
    </svg>
  )
}

const quiet = 4

/** Runs of dark modules as rectangles one module high. */
export function modulesPath(qr: QrCode): string {
  const runs: string[] = []
  for (const [y, row] of qr.entries()) {
    let start = -1
    for (let x = 0; x <= row.length; x++) {
      const dark = row[x] === 1
      if (dark && start === -1) start = x
      if (!dark && start !== -1) {
        runs.push(`M${start + quiet} ${y + quiet}h${x - start}v1h${start - x}z`)
        start = -1
      }
    }
  }
  return runs.join('')
}
