import type { Code } from '../resource.ts'

/** One measured quantity: what is normal, how far people differ, how far one person wanders from visit to visit. */
export interface Analyte {
  readonly loinc: Code
  readonly unit: readonly [unit: string, ucum: string]
  readonly low?: number
  readonly high?: number
  readonly mean: number
  readonly between: number
  readonly within: number
  readonly decimals: number
}

// oxfmt-ignore
export const analytes = {
  glucose: { loinc: ['2345-7', 'Glucose [Mass/volume] in Serum or Plasma'], unit: ['mg/dL', 'mg/dL'], low: 70, high: 99, mean: 90, between: 6, within: 6, decimals: 0 },
  urea: { loinc: ['3094-0', 'Urea nitrogen [Mass/volume] in Serum or Plasma'], unit: ['mg/dL', 'mg/dL'], low: 7, high: 20, mean: 14, between: 3, within: 2, decimals: 0 },
  creatinine: { loinc: ['2160-0', 'Creatinine [Mass/volume] in Serum or Plasma'], unit: ['mg/dL', 'mg/dL'], low: 0.6, high: 1.2, mean: 0.9, between: 0.12, within: 0.05, decimals: 2 },
  filtration: { loinc: ['98979-8', 'Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum, Plasma or Blood by Creatinine-based formula (CKD-EPI 2021)'], unit: ['mL/min/1.73 m2', 'mL/min/{1.73_m2}'], low: 60, mean: 92, between: 10, within: 4, decimals: 0 },
  sodium: { loinc: ['2951-2', 'Sodium [Moles/volume] in Serum or Plasma'], unit: ['mmol/L', 'mmol/L'], low: 136, high: 145, mean: 140, between: 1.2, within: 1.2, decimals: 0 },
  potassium: { loinc: ['2823-3', 'Potassium [Moles/volume] in Serum or Plasma'], unit: ['mmol/L', 'mmol/L'], low: 3.5, high: 5.1, mean: 4.2, between: 0.22, within: 0.25, decimals: 1 },
  chloride: { loinc: ['2075-0', 'Chloride [Moles/volume] in Serum or Plasma'], unit: ['mmol/L', 'mmol/L'], low: 98, high: 107, mean: 102, between: 1.3, within: 1.4, decimals: 0 },
  bicarbonate: { loinc: ['2028-9', 'Carbon dioxide, total [Moles/volume] in Serum or Plasma'], unit: ['mmol/L', 'mmol/L'], low: 22, high: 29, mean: 25, between: 1, within: 1.3, decimals: 0 },
  calcium: { loinc: ['17861-6', 'Calcium [Mass/volume] in Serum or Plasma'], unit: ['mg/dL', 'mg/dL'], low: 8.6, high: 10.3, mean: 9.4, between: 0.2, within: 0.2, decimals: 1 },
  protein: { loinc: ['2885-2', 'Protein [Mass/volume] in Serum or Plasma'], unit: ['g/dL', 'g/dL'], low: 6.1, high: 8.1, mean: 7, between: 0.3, within: 0.2, decimals: 1 },
  albumin: { loinc: ['1751-7', 'Albumin [Mass/volume] in Serum or Plasma'], unit: ['g/dL', 'g/dL'], low: 3.5, high: 5, mean: 4.3, between: 0.2, within: 0.15, decimals: 1 },
  bilirubin: { loinc: ['1975-2', 'Bilirubin.total [Mass/volume] in Serum or Plasma'], unit: ['mg/dL', 'mg/dL'], low: 0.2, high: 1.2, mean: 0.6, between: 0.18, within: 0.1, decimals: 1 },
  'alkaline-phosphatase': { loinc: ['6768-6', 'Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma'], unit: ['U/L', 'U/L'], low: 40, high: 129, mean: 75, between: 15, within: 7, decimals: 0 },
  ast: { loinc: ['1920-8', 'Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma'], unit: ['U/L', 'U/L'], low: 10, high: 40, mean: 23, between: 5, within: 4, decimals: 0 },
  alt: { loinc: ['1742-6', 'Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma'], unit: ['U/L', 'U/L'], low: 7, high: 56, mean: 25, between: 8, within: 5, decimals: 0 },
  a1c: { loinc: ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'], unit: ['%', '%'], high: 5.6, mean: 5.3, between: 0.2, within: 0.1, decimals: 1 },
  'urine-albumin': { loinc: ['9318-7', 'Albumin/Creatinine [Mass Ratio] in Urine'], unit: ['mg/g', 'mg/g'], high: 29, mean: 14, between: 6, within: 5, decimals: 0 },
  cholesterol: { loinc: ['2093-3', 'Cholesterol [Mass/volume] in Serum or Plasma'], unit: ['mg/dL', 'mg/dL'], high: 199, mean: 182, between: 22, within: 9, decimals: 0 },
  triglyceride: { loinc: ['2571-8', 'Triglyceride [Mass/volume] in Serum or Plasma'], unit: ['mg/dL', 'mg/dL'], high: 149, mean: 115, between: 30, within: 18, decimals: 0 },
  hdl: { loinc: ['2085-9', 'Cholesterol in HDL [Mass/volume] in Serum or Plasma'], unit: ['mg/dL', 'mg/dL'], low: 40, mean: 54, between: 9, within: 3, decimals: 0 },
  ldl: { loinc: ['13457-7', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation'], unit: ['mg/dL', 'mg/dL'], high: 129, mean: 105, between: 18, within: 8, decimals: 0 },
  leukocytes: { loinc: ['6690-2', 'Leukocytes [#/volume] in Blood by Automated count'], unit: ['10*3/uL', '10*3/uL'], low: 4, high: 11, mean: 6.9, between: 1.1, within: 0.8, decimals: 1 },
  erythrocytes: { loinc: ['789-8', 'Erythrocytes [#/volume] in Blood by Automated count'], unit: ['10*6/uL', '10*6/uL'], low: 3.9, high: 5.7, mean: 4.7, between: 0.25, within: 0.12, decimals: 2 },
  hemoglobin: { loinc: ['718-7', 'Hemoglobin [Mass/volume] in Blood'], unit: ['g/dL', 'g/dL'], low: 12, high: 17, mean: 14.2, between: 0.7, within: 0.35, decimals: 1 },
  hematocrit: { loinc: ['4544-3', 'Hematocrit [Volume Fraction] of Blood by Automated count'], unit: ['%', '%'], low: 36, high: 50, mean: 42.5, between: 2, within: 1, decimals: 1 },
  mcv: { loinc: ['787-2', 'MCV [Entitic volume] by Automated count'], unit: ['fL', 'fL'], low: 80, high: 100, mean: 90, between: 3, within: 1, decimals: 1 },
  mch: { loinc: ['785-6', 'MCH [Entitic mass] by Automated count'], unit: ['pg', 'pg'], low: 27, high: 33, mean: 30, between: 1, within: 0.4, decimals: 1 },
  mchc: { loinc: ['786-4', 'MCHC [Mass/volume] by Automated count'], unit: ['g/dL', 'g/dL'], low: 32, high: 36, mean: 33.6, between: 0.6, within: 0.4, decimals: 1 },
  platelets: { loinc: ['777-3', 'Platelets [#/volume] in Blood by Automated count'], unit: ['10*3/uL', '10*3/uL'], low: 150, high: 400, mean: 252, between: 40, within: 18, decimals: 0 },
  thyrotropin: { loinc: ['3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma'], unit: ['m[IU]/L', 'm[IU]/L'], low: 0.4, high: 4.5, mean: 2.1, between: 0.6, within: 0.4, decimals: 2 },
  inr: { loinc: ['6301-6', 'INR in Platelet poor plasma by Coagulation assay'], unit: ['{INR}', '{INR}'], low: 0.9, high: 1.1, mean: 1, between: 0.03, within: 0.03, decimals: 1 },
  ferritin: { loinc: ['2276-4', 'Ferritin [Mass/volume] in Serum or Plasma'], unit: ['ng/mL', 'ng/mL'], low: 15, high: 150, mean: 60, between: 20, within: 8, decimals: 0 },
  'vitamin-d': { loinc: ['1989-3', '25-hydroxyvitamin D3 [Mass/volume] in Serum or Plasma'], unit: ['ng/mL', 'ng/mL'], low: 30, high: 100, mean: 34, between: 6, within: 4, decimals: 0 },
  urate: { loinc: ['3084-1', 'Urate [Mass/volume] in Serum or Plasma'], unit: ['mg/dL', 'mg/dL'], low: 3.5, high: 7.2, mean: 5.4, between: 0.7, within: 0.5, decimals: 1 },
  psa: { loinc: ['2857-1', 'Prostate specific Ag [Mass/volume] in Serum or Plasma'], unit: ['ng/mL', 'ng/mL'], high: 4, mean: 1.4, between: 0.6, within: 0.3, decimals: 1 },
  'urine-gravity': { loinc: ['5811-5', 'Specific gravity of Urine by Test strip'], unit: ['1', '1'], low: 1.005, high: 1.03, mean: 1.016, between: 0.004, within: 0.004, decimals: 3 },
  'urine-ph': { loinc: ['5803-2', 'pH of Urine by Test strip'], unit: ['[pH]', '[pH]'], low: 5, high: 8, mean: 6.1, between: 0.4, within: 0.5, decimals: 1 },
} as const satisfies Record<string, Analyte>

export type AnalyteKey = keyof typeof analytes

export interface Panel {
  readonly loinc: Code
  readonly members: readonly AnalyteKey[]
}

// oxfmt-ignore
export const panels = {
  metabolic: { loinc: ['24323-8', 'Comprehensive metabolic 2000 panel - Serum or Plasma'], members: ['glucose', 'urea', 'creatinine', 'filtration', 'sodium', 'potassium', 'chloride', 'bicarbonate', 'calcium', 'protein', 'albumin', 'bilirubin', 'alkaline-phosphatase', 'ast', 'alt'] },
  a1c: { loinc: ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'], members: ['a1c'] },
  albuminuria: { loinc: ['9318-7', 'Albumin/Creatinine [Mass Ratio] in Urine'], members: ['urine-albumin'] },
  lipids: { loinc: ['24331-1', 'Lipid 1996 panel - Serum or Plasma'], members: ['cholesterol', 'triglyceride', 'hdl', 'ldl'] },
  'blood-count': { loinc: ['58410-2', 'CBC panel - Blood by Automated count'], members: ['leukocytes', 'erythrocytes', 'hemoglobin', 'hematocrit', 'mcv', 'mch', 'mchc', 'platelets'] },
  thyroid: { loinc: ['3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma'], members: ['thyrotropin'] },
  inr: { loinc: ['6301-6', 'INR in Platelet poor plasma by Coagulation assay'], members: ['inr'] },
  ferritin: { loinc: ['2276-4', 'Ferritin [Mass/volume] in Serum or Plasma'], members: ['ferritin'] },
  'vitamin-d': { loinc: ['1989-3', '25-hydroxyvitamin D3 [Mass/volume] in Serum or Plasma'], members: ['vitamin-d'] },
  'uric-acid': { loinc: ['3084-1', 'Urate [Mass/volume] in Serum or Plasma'], members: ['urate'] },
  psa: { loinc: ['2857-1', 'Prostate specific Ag [Mass/volume] in Serum or Plasma'], members: ['psa'] },
  urinalysis: { loinc: ['24357-6', 'Urinalysis macro (dipstick) panel - Urine'], members: ['urine-gravity', 'urine-ph'] },
} as const satisfies Record<string, Panel>

export type PanelKey = keyof typeof panels

/** How an illness moves a quantity's mean, and how much more it wanders while the illness is there. */
export interface Shift {
  readonly problem: string
  readonly analyte: AnalyteKey
  readonly by: number
  readonly wander: number
}

// oxfmt-ignore
export const shifts: readonly Shift[] = [
  { problem: 'diabetes', analyte: 'a1c', by: 2.1, wander: 3 },
  { problem: 'diabetes', analyte: 'glucose', by: 58, wander: 3.5 },
  { problem: 'diabetes', analyte: 'urine-albumin', by: 30, wander: 2.5 },
  { problem: 'prediabetes', analyte: 'a1c', by: 0.65, wander: 1.2 },
  { problem: 'prediabetes', analyte: 'glucose', by: 15, wander: 1.2 },
  { problem: 'hyperlipidemia', analyte: 'ldl', by: 38, wander: 1.8 },
  { problem: 'hyperlipidemia', analyte: 'cholesterol', by: 45, wander: 1.8 },
  { problem: 'hyperlipidemia', analyte: 'triglyceride', by: 45, wander: 1.8 },
  { problem: 'obesity', analyte: 'triglyceride', by: 28, wander: 1.4 },
  { problem: 'obesity', analyte: 'hdl', by: -8, wander: 1 },
  { problem: 'obesity', analyte: 'alt', by: 9, wander: 1.5 },
  { problem: 'kidney-disease', analyte: 'creatinine', by: 0.65, wander: 2.2 },
  { problem: 'kidney-disease', analyte: 'filtration', by: -46, wander: 1.2 },
  { problem: 'kidney-disease', analyte: 'urea', by: 13, wander: 1.8 },
  { problem: 'kidney-disease', analyte: 'potassium', by: 0.45, wander: 1.2 },
  { problem: 'kidney-disease', analyte: 'urine-albumin', by: 60, wander: 4 },
  { problem: 'kidney-disease', analyte: 'hemoglobin', by: -1.4, wander: 1.2 },
  { problem: 'heart-failure', analyte: 'sodium', by: -2.5, wander: 1.3 },
  { problem: 'hypothyroidism', analyte: 'thyrotropin', by: 1.6, wander: 3.2 },
  { problem: 'atrial-fibrillation', analyte: 'inr', by: 1.4, wander: 13 },
  { problem: 'iron-deficiency', analyte: 'ferritin', by: -46, wander: 0.5 },
  { problem: 'iron-deficiency', analyte: 'hemoglobin', by: -3, wander: 1.6 },
  { problem: 'iron-deficiency', analyte: 'hematocrit', by: -8, wander: 1.4 },
  { problem: 'iron-deficiency', analyte: 'mcv', by: -13, wander: 1.4 },
  { problem: 'gout', analyte: 'urate', by: 2.6, wander: 1.3 },
  { problem: 'prostate', analyte: 'psa', by: 2, wander: 1.8 },
  { problem: 'vitamin-d-deficiency', analyte: 'vitamin-d', by: -14, wander: 1.2 },
  { problem: 'osteoporosis', analyte: 'vitamin-d', by: -4, wander: 1.2 },
]
