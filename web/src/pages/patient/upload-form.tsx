import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { uploadDocument } from '../../api/documents.ts'
import { forgetChanged } from '../../api/queries.ts'
import { announce } from '../../frame/status.ts'
import { useSubmit } from '../../session/use-submit.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Declined } from '../../ui/states.tsx'

export function UploadForm({ patient, close }: { patient: string; close: () => void }) {
  const cache = useQueryClient()
  const [file, setFile] = useState<File>()
  const [title, setTitle] = useState('')
  const { busy, error, submit } = useSubmit(async () => {
    if (file === undefined) return
    await uploadDocument(patient, file, title.trim())
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
      <TextField
        label="Title"
        required
        maxLength={200}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
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
