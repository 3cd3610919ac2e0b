import { Button } from '../ui/button.tsx'
import { Door } from './door.tsx'

/** Shown once, after the second factor was set up: each lets its owner in once when the phone is lost. */
export function RecoveryCodes({ codes, goOn }: { codes: readonly string[]; goOn: () => void }) {
  return (
    <Door wide foot="These codes are shown this one time.">
      <h1>Keep these codes on paper</h1>
      <p className="door-notice">
        Each signs you in once in place of the code, should your phone be lost. Keep them where your keys are, not in a
        file.
      </p>
      <ul className="recovery">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="actions">
        <Button look="main" onClick={goOn} autoFocus>
          I have written them down
        </Button>
        <Button onClick={() => window.print()}>Print</Button>
      </div>
    </Door>
  )
}
