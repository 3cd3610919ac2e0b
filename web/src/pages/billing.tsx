import { PatientFinder } from '../patients/patient-finder.tsx'
import { paths } from '../paths.ts'

/** A biller starts from the patient whose claims are worked on. */
export function BillingPage() {
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1>Billing</h1>
      <p className="meta">Choose a patient to see coverage and claims.</p>
      <PatientFinder to={paths.claims} />
    </main>
  )
}
