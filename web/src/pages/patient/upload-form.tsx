import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { uploadDocument } from '../../api/documents.ts'
import { forgetChanged } from '../../api/queries.ts'
import { announce } from '../../frame/status.ts'
import { useSubmit } from '../../session/use-submit.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Declined } from '../../ui/states.tsx'

const documentTypes = [
  { loinc: '51851-4', name: 'Administrative note' },
  { loinc: '18748-4', name: 'Imaging report' },
  { loinc: '11502-2', name: 'Laboratory report' },
  { loinc: '57133-1', name: 'Referral letter' },
  { loinc: '11488-4', name: 'Consultation letter' },
  { loinc: '59284-0', name: 'Consent' },
  { loinc: '64290-0', name: 'Insurance card' },
  { loinc: '34133-9', name: 'Summary of care' },
] as const

export function UploadForm({ patient, close }: { patient: string; close: () => void }) {
  const cache = useQueryClient()
  const [file, setFile] = useState<File>()
  const [title, setTitle] = useState('')
  const [type, setType] = useState<string>(documentTypes[0].loinc)
  const { busy, error, submit } = useSubmit(async () => {
    if (file === undefined) return
    await uploadDocument(patient, file, title.trim(), type)
    announce('Document stored')
    void forgetChanged(cache, patient, 'DocumentReference')
    close()
  })
  return (
    <form className="upload" onSubmit={submit} aria-label="Add document">
      <TextField
        label="File"
        type="file"
        required
        onChange={(event) => {
          const chosen = event.target.files?.[0]
          setFile(chosen)
          if (title === '' && chosen !== undefined) setTitle(chosen.name.replace(/\.[^.]+$/, ''))
        }}
      />
      <TextField label="Title" required maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} />
      <SelectField label="Type" value={type} onChange={(event) => setType(event.target.value)}>
        {documentTypes.map((one) => (
          <option key={one.loinc} value={one.loinc}>
            {one.name}
          </option>
        ))}
      </SelectField>
      <Declined error={error} />
      <div className="actions">
        <Button type="submit" look="main" busy={busy} disabled={file === undefined}>
          {busy ? 'Storing…' : 'Store document'}
        </Button>
        <Button look="bare" onClick={close}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
