import type { Code } from '../resource.ts'

export interface Medicine {
  readonly rxnorm: Code
  readonly route: Code
  readonly dose: readonly [value: number, unit: string]
  /** Doses in how many days: [2, 1] is twice daily. */
  readonly frequency: readonly [times: number, days: number]
  readonly asNeeded?: boolean
  readonly quantity: readonly [value: number, unit: string]
  readonly instruction: string
}

const oral: Code = ['26643006', 'Oral route']
const inhaled: Code = ['447694001', 'Respiratory tract route']
const topical: Code = ['6064005', 'Topical route']
const subcutaneous: Code = ['34206005', 'Subcutaneous route']

// oxfmt-ignore
const medicines = {
  lisinopril: { rxnorm: ['314076', 'lisinopril 10 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth once daily' },
  amlodipine: { rxnorm: ['197361', 'amlodipine 5 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth once daily' },
  hydrochlorothiazide: { rxnorm: ['310798', 'hydrochlorothiazide 25 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth every morning' },
  losartan: { rxnorm: ['979492', 'losartan potassium 50 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth once daily' },
  metformin: { rxnorm: ['861007', 'metformin hydrochloride 500 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [2, 1], quantity: [180, 'tablet'], instruction: 'Take 1 tablet by mouth twice daily with meals' },
  glargine: { rxnorm: ['311041', 'insulin glargine 100 UNT/ML Injectable Solution'], route: subcutaneous, dose: [18, 'U'], frequency: [1, 1], quantity: [10, 'mL'], instruction: 'Inject 18 units under the skin at bedtime' },
  atorvastatin: { rxnorm: ['617310', 'atorvastatin 20 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth at bedtime' },
  simvastatin: { rxnorm: ['312961', 'simvastatin 20 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth at bedtime' },
  albuterol: { rxnorm: ['745752', '200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler'], route: inhaled, dose: [2, 'puff'], frequency: [4, 1], asNeeded: true, quantity: [1, 'inhaler'], instruction: 'Inhale 2 puffs every 4 to 6 hours as needed for wheezing' },
  fluticasone: { rxnorm: ['895994', '120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler'], route: inhaled, dose: [2, 'puff'], frequency: [2, 1], quantity: [1, 'inhaler'], instruction: 'Inhale 2 puffs twice daily and rinse the mouth afterwards' },
  levothyroxine: { rxnorm: ['892246', 'levothyroxine sodium 0.1 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth on an empty stomach every morning' },
  omeprazole: { rxnorm: ['198051', 'omeprazole 20 MG Delayed Release Oral Capsule'], route: oral, dose: [1, 'capsule'], frequency: [1, 1], quantity: [30, 'capsule'], instruction: 'Take 1 capsule by mouth before breakfast' },
  sertraline: { rxnorm: ['312941', 'sertraline 50 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [30, 'tablet'], instruction: 'Take 1 tablet by mouth once daily' },
  escitalopram: { rxnorm: ['349332', 'escitalopram 10 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [30, 'tablet'], instruction: 'Take 1 tablet by mouth once daily' },
  trazodone: { rxnorm: ['856377', 'trazodone hydrochloride 50 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [30, 'tablet'], instruction: 'Take 1 tablet by mouth at bedtime' },
  ibuprofen: { rxnorm: ['197806', 'ibuprofen 600 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [3, 1], asNeeded: true, quantity: [30, 'tablet'], instruction: 'Take 1 tablet by mouth three times daily with food as needed for pain' },
  acetaminophen: { rxnorm: ['313782', 'acetaminophen 325 MG Oral Tablet'], route: oral, dose: [2, 'tablet'], frequency: [4, 1], asNeeded: true, quantity: [60, 'tablet'], instruction: 'Take 2 tablets by mouth every 6 hours as needed for pain' },
  warfarin: { rxnorm: ['855332', 'warfarin sodium 5 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [30, 'tablet'], instruction: 'Take 1 tablet by mouth every evening, or as told after the blood test' },
  metoprolol: { rxnorm: ['866924', 'metoprolol tartrate 25 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [2, 1], quantity: [180, 'tablet'], instruction: 'Take 1 tablet by mouth twice daily' },
  furosemide: { rxnorm: ['313988', 'furosemide 40 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [30, 'tablet'], instruction: 'Take 1 tablet by mouth every morning' },
  aspirin: { rxnorm: ['243670', 'aspirin 81 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth once daily' },
  sumatriptan: { rxnorm: ['313161', 'sumatriptan 50 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], asNeeded: true, quantity: [9, 'tablet'], instruction: 'Take 1 tablet by mouth at the start of a migraine' },
  cetirizine: { rxnorm: ['1014678', 'cetirizine hydrochloride 10 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], asNeeded: true, quantity: [30, 'tablet'], instruction: 'Take 1 tablet by mouth once daily as needed for allergies' },
  hydrocortisone: { rxnorm: ['106258', 'hydrocortisone 10 MG/ML Topical Cream'], route: topical, dose: [1, 'application'], frequency: [2, 1], asNeeded: true, quantity: [30, 'g'], instruction: 'Apply a thin layer to the affected skin twice daily' },
  'ferrous-sulfate': { rxnorm: ['310325', 'ferrous sulfate 325 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth once daily' },
  allopurinol: { rxnorm: ['197319', 'allopurinol 100 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth once daily' },
  tamsulosin: { rxnorm: ['863669', 'tamsulosin hydrochloride 0.4 MG Oral Capsule'], route: oral, dose: [1, 'capsule'], frequency: [1, 1], quantity: [90, 'capsule'], instruction: 'Take 1 capsule by mouth after the evening meal' },
  alendronate: { rxnorm: ['904396', 'alendronic acid 35 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 7], quantity: [12, 'tablet'], instruction: 'Take 1 tablet by mouth once a week with a full glass of water' },
  methylphenidate: { rxnorm: ['1091150', 'methylphenidate hydrochloride 10 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [2, 1], quantity: [60, 'tablet'], instruction: 'Take 1 tablet by mouth twice daily before meals' },
  cholecalciferol: { rxnorm: ['199362', 'cholecalciferol 1000 UNT Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [1, 1], quantity: [90, 'tablet'], instruction: 'Take 1 tablet by mouth once daily' },
  amoxicillin: { rxnorm: ['308182', 'amoxicillin 250 MG Oral Capsule'], route: oral, dose: [1, 'capsule'], frequency: [3, 1], quantity: [30, 'capsule'], instruction: 'Take 1 capsule by mouth three times daily for 10 days' },
  'amoxicillin-clavulanate': { rxnorm: ['562251', 'amoxicillin 250 MG / clavulanate 125 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [3, 1], quantity: [30, 'tablet'], instruction: 'Take 1 tablet by mouth three times daily for 10 days' },
  nitrofurantoin: { rxnorm: ['1648755', 'nitrofurantoin, macrocrystals 25 MG / nitrofurantoin, monohydrate 75 MG Oral Capsule'], route: oral, dose: [1, 'capsule'], frequency: [2, 1], quantity: [10, 'capsule'], instruction: 'Take 1 capsule by mouth twice daily for 5 days' },
  cephalexin: { rxnorm: ['309114', 'cephalexin 500 MG Oral Capsule'], route: oral, dose: [1, 'capsule'], frequency: [4, 1], quantity: [28, 'capsule'], instruction: 'Take 1 capsule by mouth four times daily for 7 days' },
  oseltamivir: { rxnorm: ['312122', 'oseltamivir 75 MG Oral Capsule'], route: oral, dose: [1, 'capsule'], frequency: [2, 1], quantity: [10, 'capsule'], instruction: 'Take 1 capsule by mouth twice daily for 5 days' },
  penicillin: { rxnorm: ['834102', 'penicillin V potassium 500 MG Oral Tablet'], route: oral, dose: [1, 'tablet'], frequency: [2, 1], quantity: [20, 'tablet'], instruction: 'Take 1 tablet by mouth twice daily for 10 days' },
} as const satisfies Record<string, Medicine>

export function medicine(key: string): Medicine {
  const found: Medicine | undefined = Object.entries(medicines).find(([name]) => name === key)?.[1]
  if (found === undefined) throw new Error('no such medicine')
  return found
}
