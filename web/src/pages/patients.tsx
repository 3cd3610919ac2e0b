import { PatientFinder } from '../patients/patient-finder.tsx'

export function PatientsPage() {
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1>Patients</h1>
      <PatientFinder />
    </main>
  )
}
