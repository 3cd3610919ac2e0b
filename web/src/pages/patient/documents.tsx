import './documents.css'
import { useState } from 'react'
import { documentAddress } from '../../api/documents.ts'
import { formatSize, readDocument, type StoredDocument } from '../../fhir/document.ts'
import { instantOf } from '../../fhir/read.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { choices } from './choices.ts'
import { DocumentViewer } from './document-viewer.tsx'
import { dated } from './problems.tsx'
import { Records, usePatientId } from './records.tsx'
import { UploadForm } from './upload-form.tsx'

/** Scans, letters, images: what is kept as a file. Notes that are text stand under Notes. */
export function DocumentsPage() {
  const patient = usePatientId()
  const [adding, setAdding] = useState(false)
  const [opened, setOpened] = useState<string>()
  return (
    <Records choice={choices.documents} what="Documents" among="notes and documents">
      {(records, older) => {
        const documents = records
          .flatMap((record) => readDocument(record) ?? [])
          .filter((document) => !document.written)
        const viewed = documents.find(({ id }) => id === opened)
        return (
          <>
            {adding && <UploadForm patient={patient} close={() => setAdding(false)} />}
            <ListTable
              caption="Documents"
              rows={documents}
              columns={columnsFor(patient)}
              rowKey={(document) => document.id}
              words={(document) =>
                `${document.title} ${document.type ?? ''} ${document.author ?? ''} ${document.contentType}`
              }
              initialOrder={{ by: 'date', down: true }}
              open={(document) => setOpened(document.id === opened ? undefined : document.id)}
              opened={opened}
              tools={
                <Button icon="upload" onClick={() => setAdding(true)} disabled={adding}>
                  Add document
                </Button>
              }
              empty={<Empty how="Add a scan, a letter or an image with Add document.">No documents recorded.</Empty>}
              foot={older}
            />
            {viewed !== undefined && (
              <DocumentViewer patient={patient} document={viewed} close={() => setOpened(undefined)} />
            )}
          </>
        )
      }}
    </Records>
  )
}

function columnsFor(patient: string): readonly Column<StoredDocument>[] {
  return [
    {
      key: 'date',
      head: 'Date',
      cell: (document) => dated(document.date),
      sort: (document) => instantOf(document.date),
      width: '8rem',
      whole: true,
    },
    {
      key: 'title',
      head: 'Title',
      cell: (document) => <span className="strong">{document.title}</span>,
      sort: (document) => document.title,
    },
    { key: 'type', head: 'Type', cell: (document) => document.type, sort: (document) => document.type, minor: true },
    {
      key: 'form',
      head: 'Form',
      cell: (document) => formName(document.contentType),
      sort: (document) => formName(document.contentType),
    },
    {
      key: 'author',
      head: 'From',
      cell: (document) => document.author,
      sort: (document) => document.author,
      minor: true,
    },
    {
      key: 'size',
      head: 'Size',
      cell: (document) => (document.size === undefined ? '–' : formatSize(document.size)),
      sort: (document) => document.size,
      align: 'right',
      minor: true,
    },
    {
      key: 'get',
      head: 'Download',
      quietHead: true,
      cell: (document) =>
        document.binary !== undefined && (
          <a href={documentAddress(patient, document.binary)} download aria-label={`Download ${document.title}`}>
            Download
          </a>
        ),
    },
  ]
}

const forms: Record<string, string> = {
  'application/pdf': 'PDF',
  'image/jpeg': 'JPEG image',
  'image/png': 'PNG image',
  'image/tiff': 'TIFF image',
  'application/dicom': 'DICOM image',
  'application/xml': 'XML',
  'text/xml': 'XML',
  'text/plain': 'Text',
  'text/html': 'Web page',
}

function formName(contentType: string): string {
  const bare = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  return bare === '' ? '–' : (forms[bare] ?? bare)
}
