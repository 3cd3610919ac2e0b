import './system.css'
import type { SystemStatus } from '@chartkeep/model/office'
import { useQuery } from '@tanstack/react-query'
import { systemStatus } from '../api/queries.ts'
import { now } from '../clock.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { FailurePanel, Skeleton } from '../ui/states.tsx'
import { formatDateTime } from '../words/date.ts'
import { formatCount } from '../words/name.ts'
import { type Finding, findingsOf } from '../system/findings.ts'
import { formatSize } from '../fhir/document.ts'

/** Is the record of access whole and up to date, and what is this server made of? */
export function SystemPage() {
  const { data, error, isPending, isFetching, refetch } = useQuery({ ...systemStatus, refetchInterval: 10_000 })
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <h1>System</h1>
        <Button busy={isFetching} onClick={() => void refetch()}>
          Look again
        </Button>
      </div>
      {isPending ? (
        <Skeleton rows={8} label="Loading the state of the system" />
      ) : data === undefined ? (
        <FailurePanel error={error} what="The state of the system" retry={() => void refetch()} />
      ) : (
        <>
          {error !== null && <FailurePanel error={error} what="The newest state" retry={() => void refetch()} />}
          <Findings findings={findingsOf(data, now())} />
          <Facts status={data} />
        </>
      )}
    </main>
  )
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className="findings" aria-label="Findings">
      {findings.map((finding) => (
        <li key={finding.what} data-tone={finding.tone}>
          <Icon name={finding.tone === 'calm' ? 'check' : 'warning'} />
          <div>
            <p className="strong">{finding.what}</p>
            <p className="meta">{finding.evidence}</p>
            {finding.next !== undefined && <p>{finding.next}</p>}
          </div>
        </li>
      ))}
    </ul>
  )
}

function Facts({ status }: { status: SystemStatus }) {
  const { ledger, database, keys } = status
  return (
    <>
      <table className="table system-witnesses">
        <caption>Copies of the checkpoint</caption>
        <thead>
          <tr>
            <th scope="col">Kept at</th>
            <th scope="col">Newest copy</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {ledger.witnesses.map((witness) => (
            <tr key={witness.name}>
              <td>{witness.name}</td>
              <td>{witness.at === undefined ? 'None yet' : formatDateTime(witness.at)}</td>
              <td>{witness.failing ? <span className="harm">Failing</span> : 'Up to date'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className="facts">
        <Fact name="Entries in the tree" value={formatCount(ledger.sequenced)} />
        <Fact
          name="Last checkpoint"
          value={ledger.checkpointAt === undefined ? 'None yet' : formatDateTime(ledger.checkpointAt)}
        />
        <Fact name="Version" value={status.version} />
        <Fact name="Started" value={formatDateTime(status.started)} />
        <Fact
          name="Database"
          value={`PostgreSQL ${database.version}, ${database.kind}, ${formatSize(database.bytes)}`}
        />
        <Fact
          name="Keys"
          value={`Epoch ${keys.epoch}, root from a ${keys.source === 'file' ? 'key file' : 'passphrase'}`}
        />
      </dl>
    </>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
