import './field.css'
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react'

interface Labelled {
  readonly label: string
  /** Below the label: what is expected. */
  readonly hint?: ReactNode
  /** What is wrong with the value, beside the field. */
  readonly wrong?: string | undefined
  /** The label is for assistive technology only, where the place itself says what the field is. */
  readonly quietLabel?: boolean
}

interface Described extends Labelled {
  readonly children: (field: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
}

/** Label above, hint below it, and what is wrong under the field. */
function Field({ label, hint, wrong, quietLabel = false, children }: Described) {
  const id = useId()
  const described = [hint === undefined ? '' : `${id}-hint`, wrong === undefined ? '' : `${id}-wrong`]
    .filter((part) => part !== '')
    .join(' ')
  return (
    <div className="field">
      <label className={quietLabel ? 'aside' : 'field-label'} htmlFor={id}>
        {label}
      </label>
      {hint !== undefined && (
        <span className="meta" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {children({
        id,
        ...(described === '' ? {} : { 'aria-describedby': described }),
        ...(wrong === undefined ? {} : { 'aria-invalid': true }),
      })}
      <span className="field-wrong" id={`${id}-wrong`} aria-live="polite">
        {wrong}
      </span>
    </div>
  )
}

export function TextField({
  label,
  hint,
  wrong,
  quietLabel,
  ...rest
}: Labelled & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Field label={label} hint={hint} wrong={wrong} quietLabel={quietLabel ?? false}>
      {(field) => <input spellCheck={false} {...rest} {...field} className={`input ${rest.className ?? ''}`} />}
    </Field>
  )
}

export function SelectField({
  label,
  hint,
  wrong,
  quietLabel,
  ...rest
}: Labelled & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Field label={label} hint={hint} wrong={wrong} quietLabel={quietLabel ?? false}>
      {(field) => <select {...rest} {...field} className="input" />}
    </Field>
  )
}

interface AreaProps extends Labelled, TextareaHTMLAttributes<HTMLTextAreaElement> {
  readonly inputRef?: React.Ref<HTMLTextAreaElement>
}

export function TextArea({ label, hint, wrong, quietLabel, inputRef, ...rest }: AreaProps) {
  return (
    <Field label={label} hint={hint} wrong={wrong} quietLabel={quietLabel ?? false}>
      {(field) => (
        <textarea {...rest} {...field} ref={inputRef} className={`input input-area ${rest.className ?? ''}`} />
      )}
    </Field>
  )
}

export function Tick({ label, ...rest }: { label: string } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="tick">
      <input type="checkbox" {...rest} />
      {label}
    </label>
  )
}
