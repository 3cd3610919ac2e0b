import type { Session, SignInStep } from '@chartkeep/model/office'
import { useState } from 'react'
import * as api from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Declined } from '../ui/states.tsx'
import { Door } from './door.tsx'
import { QrPicture } from './qr-picture.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { useSubmit } from './use-submit.ts'

/** User and password, then the second factor: the six digits, or setting it up on the first day. */
export function SignIn({ ended, onSession }: { ended: boolean; onSession: (session: Session) => void }) {
  const [step, setStep] = useState<SignInStep>()
  const [enrolled, setEnrolled] = useState<Session>()
  if (enrolled?.recoveryCodes !== undefined)
    return <RecoveryCodes codes={enrolled.recoveryCodes} goOn={() => onSession(enrolled)} />
  if (step === undefined) return <PasswordStep ended={ended} onStep={setStep} />
  return step.step === 'enrol' ? (
    <EnrolStep
      step={step}
      onSession={(session) => (session.recoveryCodes === undefined ? onSession(session) : setEnrolled(session))}
      onBack={() => setStep(undefined)}
    />
  ) : (
    <Door>
      <h1>Enter your code</h1>
      <p className="door-notice">The six digits that your authenticator app shows for Chartkeep.</p>
      <CodeForm onSession={onSession} onBack={() => setStep(undefined)} action="Sign in" recovery />
    </Door>
  )
}

function PasswordStep({ ended, onStep }: { ended: boolean; onStep: (step: SignInStep) => void }) {
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const { busy, error, submit } = useSubmit(async () => onStep(await api.signIn(user.trim(), password)))
  return (
    <Door>
      <h1>Sign in</h1>
      {ended && <p className="door-notice">Your session has ended. Drafts are kept.</p>}
      <form onSubmit={submit}>
        <TextField
          label="User name"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          autoFocus
          required
          value={user}
          onChange={(event) => setUser(event.target.value)}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Declined error={error} />
        <Button type="submit" look="main" busy={busy}>
          Continue
        </Button>
      </form>
    </Door>
  )
}

type Enrolment = Extract<SignInStep, { step: 'enrol' }>

function EnrolStep({
  step,
  onSession,
  onBack,
}: {
  step: Enrolment
  onSession: (session: Session) => void
  onBack: () => void
}) {
  return (
    <Door wide>
      <h1>Set up your second factor</h1>
      <p className="door-notice">From now on you sign in with your password and a code from your phone.</p>
      <div className="enrol">
        <div>
          <QrPicture qr={step.qr} label="QR code of your second factor" />
        </div>
        <div>
          <ol>
            <li>Open an authenticator app on your phone.</li>
            <li>
              Scan the picture, or type this secret:
              <code className="enrol-secret">{spaced(step.secret)}</code>
            </li>
            <li>Enter the six digits that the app shows.</li>
          </ol>
          <CodeForm onSession={onSession} onBack={onBack} action="Set up and sign in" />
        </div>
      </div>
    </Door>
  )
}

interface CodeFormProps {
  readonly onSession: (session: Session) => void
  readonly onBack: () => void
  readonly action: string
  /** A code from paper may be given instead. */
  readonly recovery?: boolean
}

function CodeForm(props: CodeFormProps) {
  const [code, setCode] = useState('')
  const [lost, setLost] = useState(false)
  const { busy, error, submit } = useSubmit(
    async () => props.onSession(await api.sendCode(code.trim())),
    () => setCode(''),
  )
  return (
    <form onSubmit={submit}>
      {lost ? (
        <TextField
          label="Recovery code"
          hint="One of those you wrote down; each works once"
          name="recovery"
          className="code-input"
          autoComplete="off"
          autoCapitalize="none"
          maxLength={40}
          autoFocus
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      ) : (
        <TextField
          label="Code"
          name="code"
          className="code-input"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          maxLength={6}
          autoFocus
          required
          value={code}
          onChange={(event) => setCode(event.target.value.replaceAll(/\D/g, ''))}
        />
      )}
      <Declined error={error} />
      <div className="actions">
        <Button type="submit" look="main" busy={busy}>
          {props.action}
        </Button>
        <Button look="bare" onClick={props.onBack}>
          Start again
        </Button>
        {props.recovery === true && !lost && (
          <Button
            look="bare"
            onClick={() => {
              setCode('')
              setLost(true)
            }}
          >
            Phone lost?
          </Button>
        )}
      </div>
    </form>
  )
}

function spaced(secret: string): string {
  return secret.replaceAll(/(.{4})(?=.)/g, '$1 ')
}
