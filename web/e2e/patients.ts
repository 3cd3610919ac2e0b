import type { Page } from 'playwright-core'

export interface Someone {
  readonly id: string
  readonly name: string
  readonly mrn: string
  readonly birthDate: string
}

/** Patients of the practice, those with most laboratory results first: asked by the page's own session. */
/** Any patient of the practice. */
export async function somePatient(page: Page): Promise<Someone> {
  const patient = await page.evaluate(async () => {
    const headers = { 'X-Chartkeep': '1', 'Content-Type': 'application/json' }
    for (const text of 'abcdefghijklmnopqrstuvwxyz') {
      const answer = await fetch('/office/patients/search', {
        method: 'POST',
        headers,
        body: JSON.stringify({ text, limit: 1 }),
      })
      const { patients } = (await answer.json()) as { patients: Someone[] }
      if (patients[0] !== undefined) return patients[0]
    }
    return undefined
  })
  if (patient === undefined) throw new Error('the practice has no patients')
  return patient
}

export async function patientsByResults(page: Page): Promise<readonly Someone[]> {
  return page.evaluate(async () => {
    const headers = { 'X-Chartkeep': '1', 'Content-Type': 'application/json' }
    const found = new Map<string, Someone>()
    for (const text of 'abcdefghijklmnopqrstuvwxyz') {
      if (found.size >= 60) break
      const body = JSON.stringify({ text, limit: 50 })
      const answer = await fetch('/office/patients/search', { method: 'POST', headers, body })
      const { patients } = (await answer.json()) as { patients: Someone[] }
      for (const patient of patients) found.set(patient.id, patient)
    }
    const counted: { patient: Someone; results: number }[] = []
    for (const patient of [...found.values()].slice(0, 60)) {
      const answer = await fetch(
        `/office/patients/${patient.id}/records?type=Observation&category=laboratory&count=200`,
      )
      const { records } = (await answer.json()) as { records: unknown[] }
      counted.push({ patient, results: records.length })
    }
    return counted.toSorted((a, b) => b.results - a.results).map(({ patient }) => patient)
  })
}
