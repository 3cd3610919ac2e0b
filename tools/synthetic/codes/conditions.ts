import type { Code } from '../resource.ts'

/** A long-lasting problem: who gets it, what is given for it, what is measured because of it. */
export interface Chronic {
  readonly key: string
  readonly snomed: Code
  readonly icd10: Code
  /** Earliest and usual latest age of onset, and how likely it is by the end of a long life. */
  readonly from: number
  readonly until: number
  readonly likelihood: number
  readonly sex?: 'male' | 'female'
  /** Who is older than this today has grown out of it. */
  readonly outgrown?: number
  readonly medicines: readonly string[]
  readonly panels: readonly string[]
  /** Months between visits because of it; 0 when it needs none of its own. */
  readonly months: number
  readonly plan?: string
}

// oxfmt-ignore
export const chronic: readonly Chronic[] = [
  { key: 'hypertension', snomed: ['59621000', 'Essential hypertension'], icd10: ['I10', 'Essential (primary) hypertension'], from: 32, until: 78, likelihood: 0.52, medicines: ['lisinopril', 'amlodipine', 'hydrochlorothiazide', 'losartan'], panels: ['metabolic'], months: 6, plan: 'hypertension' },
  { key: 'diabetes', snomed: ['44054006', 'Type 2 diabetes mellitus'], icd10: ['E11.9', 'Type 2 diabetes mellitus without complications'], from: 36, until: 74, likelihood: 0.2, medicines: ['metformin', 'glargine'], panels: ['a1c', 'metabolic', 'albuminuria'], months: 4, plan: 'diabetes' },
  { key: 'prediabetes', snomed: ['714628002', 'Prediabetes'], icd10: ['R73.03', 'Prediabetes'], from: 30, until: 70, likelihood: 0.16, medicines: [], panels: ['a1c'], months: 12 },
  { key: 'hyperlipidemia', snomed: ['55822004', 'Hyperlipidemia'], icd10: ['E78.5', 'Hyperlipidemia, unspecified'], from: 30, until: 72, likelihood: 0.45, medicines: ['atorvastatin', 'simvastatin'], panels: ['lipids'], months: 12 },
  { key: 'asthma', snomed: ['195967001', 'Asthma'], icd10: ['J45.909', 'Unspecified asthma, uncomplicated'], from: 3, until: 40, likelihood: 0.1, medicines: ['albuterol', 'fluticasone'], panels: [], months: 8, plan: 'asthma' },
  { key: 'copd', snomed: ['13645005', 'Chronic obstructive lung disease'], icd10: ['J44.9', 'Chronic obstructive pulmonary disease, unspecified'], from: 50, until: 80, likelihood: 0.1, medicines: ['albuterol'], panels: ['blood-count'], months: 6 },
  { key: 'hypothyroidism', snomed: ['40930008', 'Hypothyroidism'], icd10: ['E03.9', 'Hypothyroidism, unspecified'], from: 22, until: 75, likelihood: 0.1, medicines: ['levothyroxine'], panels: ['thyroid'], months: 12 },
  { key: 'reflux', snomed: ['235595009', 'Gastroesophageal reflux disease'], icd10: ['K21.9', 'Gastro-esophageal reflux disease without esophagitis'], from: 22, until: 75, likelihood: 0.22, medicines: ['omeprazole'], panels: [], months: 0 },
  { key: 'depression', snomed: ['66344007', 'Recurrent major depression'], icd10: ['F33.9', 'Major depressive disorder, recurrent, unspecified'], from: 15, until: 65, likelihood: 0.17, medicines: ['sertraline', 'escitalopram'], panels: [], months: 6, plan: 'depression' },
  { key: 'anxiety', snomed: ['21897009', 'Generalized anxiety disorder'], icd10: ['F41.1', 'Generalized anxiety disorder'], from: 14, until: 60, likelihood: 0.14, medicines: ['escitalopram'], panels: [], months: 8 },
  { key: 'knee-arthritis', snomed: ['239873007', 'Osteoarthritis of knee'], icd10: ['M17.9', 'Osteoarthritis of knee, unspecified'], from: 45, until: 80, likelihood: 0.25, medicines: ['ibuprofen', 'acetaminophen'], panels: [], months: 0 },
  { key: 'obesity', snomed: ['414916001', 'Obesity'], icd10: ['E66.9', 'Obesity, unspecified'], from: 14, until: 65, likelihood: 0.3, medicines: [], panels: ['lipids'], months: 0 },
  { key: 'kidney-disease', snomed: ['433144002', 'Chronic kidney disease stage 3'], icd10: ['N18.30', 'Chronic kidney disease, stage 3 unspecified'], from: 55, until: 85, likelihood: 0.14, medicines: [], panels: ['metabolic', 'albuminuria', 'blood-count'], months: 6 },
  { key: 'atrial-fibrillation', snomed: ['49436004', 'Atrial fibrillation'], icd10: ['I48.91', 'Unspecified atrial fibrillation'], from: 55, until: 88, likelihood: 0.13, medicines: ['warfarin', 'metoprolol'], panels: ['inr'], months: 2, plan: 'anticoagulation' },
  { key: 'heart-failure', snomed: ['42343007', 'Congestive heart failure'], icd10: ['I50.9', 'Heart failure, unspecified'], from: 58, until: 88, likelihood: 0.09, medicines: ['furosemide', 'lisinopril', 'metoprolol'], panels: ['metabolic'], months: 3, plan: 'heart-failure' },
  { key: 'coronary-disease', snomed: ['53741008', 'Coronary arteriosclerosis'], icd10: ['I25.10', 'Atherosclerotic heart disease of native coronary artery without angina pectoris'], from: 48, until: 82, likelihood: 0.13, medicines: ['aspirin', 'atorvastatin', 'metoprolol'], panels: ['lipids'], months: 6 },
  { key: 'migraine', snomed: ['37796009', 'Migraine'], icd10: ['G43.909', 'Migraine, unspecified, not intractable, without status migrainosus'], from: 10, until: 45, likelihood: 0.11, medicines: ['sumatriptan'], panels: [], months: 0 },
  { key: 'rhinitis', snomed: ['61582004', 'Allergic rhinitis'], icd10: ['J30.9', 'Allergic rhinitis, unspecified'], from: 4, until: 40, likelihood: 0.2, medicines: ['cetirizine'], panels: [], months: 0 },
  { key: 'eczema', snomed: ['24079001', 'Atopic dermatitis'], icd10: ['L20.9', 'Atopic dermatitis, unspecified'], from: 0, until: 20, likelihood: 0.09, medicines: ['hydrocortisone'], panels: [], months: 0 },
  { key: 'iron-deficiency', snomed: ['87522002', 'Iron deficiency anemia'], icd10: ['D50.9', 'Iron deficiency anemia, unspecified'], from: 14, until: 70, likelihood: 0.07, sex: 'female', medicines: ['ferrous-sulfate'], panels: ['blood-count', 'ferritin'], months: 6 },
  { key: 'gout', snomed: ['90560007', 'Gout'], icd10: ['M10.9', 'Gout, unspecified'], from: 38, until: 78, likelihood: 0.06, medicines: ['allopurinol'], panels: ['uric-acid'], months: 12 },
  { key: 'sleep-apnea', snomed: ['78275009', 'Obstructive sleep apnea syndrome'], icd10: ['G47.33', 'Obstructive sleep apnea (adult) (pediatric)'], from: 35, until: 70, likelihood: 0.1, medicines: [], panels: [], months: 0 },
  { key: 'prostate', snomed: ['266569009', 'Benign prostatic hyperplasia'], icd10: ['N40.0', 'Benign prostatic hyperplasia without lower urinary tract symptoms'], from: 50, until: 82, likelihood: 0.32, sex: 'male', medicines: ['tamsulosin'], panels: ['psa'], months: 12 },
  { key: 'osteoporosis', snomed: ['64859006', 'Osteoporosis'], icd10: ['M81.0', 'Age-related osteoporosis without current pathological fracture'], from: 58, until: 86, likelihood: 0.2, sex: 'female', medicines: ['alendronate'], panels: ['vitamin-d'], months: 12 },
  { key: 'attention-deficit', snomed: ['406506008', 'Attention deficit hyperactivity disorder'], icd10: ['F90.9', 'Attention-deficit hyperactivity disorder, unspecified type'], from: 6, until: 16, likelihood: 0.07, outgrown: 26, medicines: ['methylphenidate'], panels: [], months: 4 },
  { key: 'vitamin-d-deficiency', snomed: ['34713006', 'Vitamin D deficiency'], icd10: ['E55.9', 'Vitamin D deficiency, unspecified'], from: 20, until: 75, likelihood: 0.12, medicines: ['cholecalciferol'], panels: ['vitamin-d'], months: 12 },
  { key: 'insomnia', snomed: ['193462001', 'Insomnia'], icd10: ['G47.00', 'Insomnia, unspecified'], from: 20, until: 75, likelihood: 0.12, medicines: ['trazodone'], panels: [], months: 0 },
  { key: 'psoriasis', snomed: ['9014002', 'Psoriasis'], icd10: ['L40.9', 'Psoriasis, unspecified'], from: 15, until: 60, likelihood: 0.03, medicines: ['hydrocortisone'], panels: [], months: 0 },
]

/** A short illness or injury that brings someone in, and passes. */
export interface Acute {
  readonly key: string
  readonly snomed: Code
  readonly icd10: Code
  readonly weight: number
  readonly ages: readonly [from: number, until: number]
  readonly days: number
  readonly fever: boolean
  readonly medicine?: string
  readonly test?: string
  readonly complaint: string
  readonly findings: string
  readonly imaging?: string
}

// oxfmt-ignore
export const acute: readonly Acute[] = [
  { key: 'cold', snomed: ['54150009', 'Upper respiratory infection'], icd10: ['J06.9', 'Acute upper respiratory infection, unspecified'], weight: 18, ages: [0, 110], days: 10, fever: true, complaint: 'runny nose, cough and sore throat', findings: 'nasal mucosa swollen, throat mildly red, lungs clear' },
  { key: 'sinusitis', snomed: ['15805002', 'Acute sinusitis'], icd10: ['J01.90', 'Acute sinusitis, unspecified'], weight: 8, ages: [8, 90], days: 14, fever: true, medicine: 'amoxicillin-clavulanate', complaint: 'facial pressure and nasal discharge', findings: 'tender over both maxillary sinuses, purulent discharge' },
  { key: 'otitis', snomed: ['3110003', 'Acute otitis media'], icd10: ['H66.90', 'Otitis media, unspecified, unspecified ear'], weight: 14, ages: [0, 9], days: 10, fever: true, medicine: 'amoxicillin', complaint: 'ear pain and a restless night', findings: 'right eardrum red and bulging' },
  { key: 'urinary-infection', snomed: ['68566005', 'Urinary tract infectious disease'], icd10: ['N39.0', 'Urinary tract infection, site not specified'], weight: 7, ages: [16, 100], days: 7, fever: false, medicine: 'nitrofurantoin', test: 'urinalysis', complaint: 'burning with urination and frequency', findings: 'mild suprapubic tenderness, no flank tenderness' },
  { key: 'back-pain', snomed: ['279039007', 'Low back pain'], icd10: ['M54.50', 'Low back pain, unspecified'], weight: 10, ages: [18, 90], days: 28, fever: false, medicine: 'ibuprofen', complaint: 'low back pain after lifting', findings: 'paraspinal tenderness, straight leg raise negative, strength full' },
  { key: 'ankle-sprain', snomed: ['44465007', 'Sprain of ankle'], icd10: ['S93.409A', 'Sprain of unspecified ligament of unspecified ankle, initial encounter'], weight: 5, ages: [6, 70], days: 30, fever: false, medicine: 'ibuprofen', imaging: 'ankle', complaint: 'ankle turned on a step', findings: 'swelling over the lateral ligament, weight bearing possible' },
  { key: 'gastroenteritis', snomed: ['25374005', 'Gastroenteritis'], icd10: ['A09', 'Infectious gastroenteritis and colitis, unspecified'], weight: 7, ages: [0, 90], days: 5, fever: true, complaint: 'vomiting and loose stools', findings: 'abdomen soft, no guarding, mucous membranes moist' },
  { key: 'bronchitis', snomed: ['10509002', 'Acute bronchitis'], icd10: ['J20.9', 'Acute bronchitis, unspecified'], weight: 7, ages: [5, 95], days: 18, fever: true, imaging: 'chest', complaint: 'cough with phlegm', findings: 'scattered rhonchi that clear with coughing' },
  { key: 'cellulitis', snomed: ['128045006', 'Cellulitis'], icd10: ['L03.90', 'Cellulitis, unspecified'], weight: 3, ages: [10, 95], days: 10, fever: true, medicine: 'cephalexin', complaint: 'red, warm patch on the lower leg', findings: 'erythema with clear border, no fluctuance' },
  { key: 'conjunctivitis', snomed: ['9826008', 'Conjunctivitis'], icd10: ['H10.9', 'Unspecified conjunctivitis'], weight: 4, ages: [0, 80], days: 7, fever: false, complaint: 'red, itching eyes', findings: 'conjunctivae injected, vision unchanged' },
  { key: 'influenza', snomed: ['6142004', 'Influenza'], icd10: ['J11.1', 'Influenza due to unidentified influenza virus with other respiratory manifestations'], weight: 5, ages: [0, 95], days: 9, fever: true, medicine: 'oseltamivir', complaint: 'sudden fever, aches and cough', findings: 'ill-appearing, lungs clear, no neck stiffness' },
  { key: 'covid', snomed: ['840539006', 'COVID-19'], icd10: ['U07.1', 'COVID-19'], weight: 4, ages: [0, 98], days: 12, fever: true, test: 'sars-cov-2', complaint: 'fever, cough and loss of smell', findings: 'lungs clear, breathing comfortably on room air' },
  { key: 'strep', snomed: ['43878008', 'Streptococcal sore throat'], icd10: ['J02.0', 'Streptococcal pharyngitis'], weight: 6, ages: [4, 45], days: 8, fever: true, medicine: 'penicillin', test: 'strep', complaint: 'severe sore throat with fever', findings: 'tonsils enlarged with exudate, tender anterior nodes' },
  { key: 'contact-dermatitis', snomed: ['40275004', 'Contact dermatitis'], icd10: ['L25.9', 'Unspecified contact dermatitis, unspecified cause'], weight: 4, ages: [2, 85], days: 12, fever: false, medicine: 'hydrocortisone', complaint: 'itching rash on the forearms', findings: 'linear papules and vesicles, no sign of infection' },
]
