import { PatientAccess } from '../../access/patient-access.tsx'
import { usePatientId } from './records.tsx'

export function HistoryPage() {
  return <PatientAccess patient={usePatientId()} />
}
