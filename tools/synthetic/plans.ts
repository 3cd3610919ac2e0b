import { bare, type Chart, type Visit } from './chart.ts'
import type { Target } from './resource.ts'
import { type Code, coding, concept, loinc, profile, quantity, snomed } from './resource.ts'
import { primaryCare } from './patient.ts'

interface Plan {
  readonly title: string
  readonly category: Code
  readonly goal: string
  readonly measure: Code
  readonly below: readonly [value: number, unit: string, ucum: string]
  readonly activities: readonly Code[]
}

const diet: Code = ['160670007', 'Diabetic diet']
const exercise: Code = ['229065009', 'Exercise therapy']

// oxfmt-ignore
const plans: Readonly<Record<string, Plan>> = {
  diabetes: { title: 'Diabetes self-management', category: ['698360004', 'Diabetes self management plan'], goal: 'Hemoglobin A1c below 7 %', measure: ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'], below: [7, '%', '%'], activities: [diet, exercise] },
  hypertension: { title: 'Blood pressure control', category: ['443402002', 'Lifestyle education regarding hypertension'], goal: 'Systolic blood pressure below 130 mmHg', measure: ['8480-6', 'Systolic blood pressure'], below: [130, 'mmHg', 'mm[Hg]'], activities: [['386463000', 'Prescribed activity/exercise education'], ['413473000', 'Counseling about alcohol consumption']] },
  asthma: { title: 'Asthma action plan', category: ['699728000', 'Asthma self management'], goal: 'No night-time symptoms', measure: ['8867-4', 'Heart rate'], below: [100, '/min', '/min'], activities: [['710081004', 'Smoking cessation therapy']] },
  depression: { title: 'Mood and daily life', category: ['734163000', 'Care plan'], goal: 'PHQ-9 total score below 5', measure: ['44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]'], below: [5, '{score}', '{score}'], activities: [['228557008', 'Cognitive and behavioral therapy'], exercise] },
  anticoagulation: { title: 'Anticoagulation', category: ['734163000', 'Care plan'], goal: 'INR between 2 and 3', measure: ['6301-6', 'INR in Platelet poor plasma by Coagulation assay'], below: [3, '{INR}', '{INR}'], activities: [['182777000', 'Monitoring of patient']] },
  'heart-failure': { title: 'Heart failure care', category: ['735984001', 'Heart failure self management plan'], goal: 'Weight steady within 2 kg', measure: ['29463-7', 'Body weight'], below: [95, 'kg', 'kg'], activities: [exercise, ['183301007', 'Physical exercises']] },
}

/** A goal, the people who see to it, and what they mean to do. */
export function addPlan(chart: Chart, visit: Visit, key: string, problem: Target): void {
  const plan = plans[key]
  if (plan === undefined) return
  const doctor = primaryCare(chart)
  const started = chart.time(visit.start + 20)
  const goal = chart.add({
    resourceType: 'Goal',
    meta: profile('goal'),
    lifecycleStatus: 'active',
    achievementStatus: concept('goal-achievement', 'in-progress', 'In Progress'),
    description: { text: plan.goal },
    subject: bare(chart.patient),
    startDate: started.slice(0, 10),
    target: [{ measure: loinc(plan.measure), detailQuantity: { ...quantity(...plan.below), comparator: '<' } }],
    addresses: [bare(problem)],
  })
  const team = chart.add({
    resourceType: 'CareTeam',
    meta: profile('careteam'),
    status: 'active',
    name: plan.title,
    subject: bare(chart.patient),
    period: { start: started },
    participant: [
      {
        role: [snomed(['116154003', 'Patient'])],
        member: { reference: chart.patient.ref, display: chart.patient.display },
      },
      {
        role: [snomed(['446050000', 'Primary care physician'])],
        member: { reference: doctor.ref, display: doctor.display },
      },
      {
        role: [snomed(['224535009', 'Registered nurse'])],
        member: { reference: visit.nurse.ref, display: visit.nurse.display },
      },
    ],
    managingOrganization: [
      { reference: chart.practice.organization.ref, display: chart.practice.organization.display },
    ],
  })
  chart.add({
    resourceType: 'CarePlan',
    meta: profile('careplan'),
    text: {
      status: 'generated',
      div: `<div xmlns="http://www.w3.org/1999/xhtml">${plan.title}: ${plan.goal.replace('<', '&lt;')}</div>`,
    },
    status: 'active',
    intent: 'plan',
    category: [
      { coding: [{ system: 'http://hl7.org/fhir/us/core/CodeSystem/careplan-category', code: 'assess-plan' }] },
      { coding: [coding('http://snomed.info/sct', plan.category)], text: plan.category[1] },
    ],
    title: plan.title,
    subject: bare(chart.patient),
    encounter: bare(visit.encounter),
    period: { start: started },
    created: started,
    author: bare(doctor),
    careTeam: [bare(team)],
    addresses: [bare(problem)],
    goal: [bare(goal)],
    activity: plan.activities.map((activity) => ({
      detail: { code: snomed(activity), status: 'in-progress', location: { display: chart.practice.clinic.display } },
    })),
  })
}
