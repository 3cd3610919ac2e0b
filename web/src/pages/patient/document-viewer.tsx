import { useQuery } from '@tanstack/react-query'
import { documentAddress, readText } from '../../api/documents.ts'
import { decodeInline, type StoredDocument } from '../../fhir/document.ts'
import { useKeys } from '../../frame/keys.ts'
import { Button } from '../../ui/button.tsx'
import { FailurePanel, Skeleton } from '../../ui/states.tsx'

/** A document in place. Opening it is one recorded read of that document. */
export function DocumentViewer({
  patient,
  document,
  close,
}: {
  patient: string
  document: StoredDocument
  close: () => void
}) {
  useKeys([{ keys: 'escape', run: close }])
  return (
    <section className="dock" aria-label={document.title}>
      <div className="dock-head">
        <h2>{document.title}</h2>
        {document.binary !== undefined && (
          <a
            className="button"
            href={documentAddress(patient, document.binary)}
            target="_blank"
            rel="noopener noreferrer"
          >
            Open in a tab
          </a>
        )}
        <Button look="bare" icon="close" onClick={close} keys="Esc">
          Close
        </Button>
      </div>
      <Content patient={patient} document={document} />
    </section>
  )
}

function Content({ patient, document }: { patient: string; document: StoredDocument }) {
  const { binary, inline, contentType, title } = document
  if (binary === undefined) {
    return inline !== undefined && contentType.startsWith('text/') ? (
      <pre className="document-text">{decodeInline(inline)}</pre>
    ) : (
      <p className="meta">This document can not be shown here: its content is not stored as a file.</p>
    )
  }
  if (/^image\/(png|jpeg|gif|webp)/.test(contentType))
    return <img className="document-image" src={documentAddress(patient, binary)} alt={title} />
  if (contentType.startsWith('text/')) return <TextContent patient={patient} binary={binary} />
  return <p className="meta">This form is not shown in place. Open it in a tab, or download it.</p>
}

function TextContent({ patient, binary }: { patient: string; binary: string }) {
  const query = useQuery({
    queryKey: ['patient', patient, 'text', binary],
    queryFn: ({ signal }) => readText(patient, binary, signal),
  })
  if (query.isPending) return <Skeleton label="Loading the document" />
  if (query.data === undefined)
    return <FailurePanel error={query.error} what="The document" retry={() => void query.refetch()} />
  return <pre className="document-text">{query.data}</pre>
}
