import { dayOf } from './calendar.ts'
import { bare, type Chart, type Visit } from './chart.ts'
import { type Medicine, medicine } from './codes/medicines.ts'
import type { Target } from './resource.ts'
import { coding, profile, rxnormSystem, snomed, when } from './resource.ts'

/** A prescription. `days`: how long it is meant for; without it, it goes on (and is still active today). */
export function addPrescription(chart: Chart, visit: Visit, key: string, reason: Target, days?: number): string {
  const chosen: Medicine = medicine(key)
  const active = days === undefined || dayOf(visit.start) + days >= chart.last
  const [times, period] = chosen.frequency
  chart.add({
    resourceType: 'MedicationRequest',
    meta: profile('medicationrequest'),
    status: active ? 'active' : 'completed',
    intent: 'order',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/medicationrequest-category',
            code: 'outpatient',
            display: 'Outpatient',
          },
        ],
      },
    ],
    medicationCodeableConcept: { coding: [coding(rxnormSystem, chosen.rxnorm)], text: chosen.rxnorm[1] },
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    authoredOn: chart.time(visit.start + 17),
    requester: { reference: visit.clinician.ref, display: visit.clinician.display },
    reasonReference: [bare(reason)],
    dosageInstruction: [
      {
        sequence: 1,
        text: chosen.instruction,
        timing: { repeat: { frequency: times, period, periodUnit: 'd' } },
        ...when(chosen.asNeeded === true, { asNeededBoolean: true }),
        route: snomed(chosen.route),
        doseAndRate: [{ doseQuantity: { value: chosen.dose[0], unit: chosen.dose[1] } }],
      },
    ],
    dispenseRequest: {
      numberOfRepeatsAllowed: days === undefined ? 3 : 0,
      quantity: { value: chosen.quantity[0], unit: chosen.quantity[1] },
      ...(days === undefined
        ? {}
        : { expectedSupplyDuration: { value: days, unit: 'd', system: 'http://unitsofmeasure.org', code: 'd' } }),
    },
  })
  return chosen.rxnorm[1]
}
