// Codes and displays of public terminologies that are common in primary care, beyond those of our own generator: other
// systems write the same things in other words, and their records are imported too.
// LOINC is copyright © Regenstrief Institute, Inc.: https://loinc.org/license
import type { Code } from '../../synthetic/resource.ts'
import { codes } from './codes.ts'

/** What is measured, as `code display | unit`. */
export const measurements: readonly (readonly [
  code: Code,
  unit: string,
  category: 'vital-signs' | 'laboratory' | 'survey' | 'social-history',
])[] = [...vitals(), ...laboratory()]

function vitals(): (readonly [Code, string, 'vital-signs'])[] {
  return codes(`8302-2 Body Height|cm
    29463-7 Body Weight|kg
    39156-5 Body Mass Index|kg/m2
    59576-9 Body mass index (BMI) [Percentile] Per age and gender|%
    8310-5 Body temperature|Cel
    8867-4 Heart rate|/min
    9279-1 Respiratory rate|/min
    2708-6 Oxygen saturation in Arterial blood|%
    59408-5 Oxygen saturation in Arterial blood by Pulse oximetry|%
    9843-4 Head Occipital-frontal circumference|cm
    8289-1 Head Occipital-frontal circumference Percentile|%
    77606-2 Weight-for-length Per age and sex|%
    72514-3 Pain severity - 0-10 verbal numeric rating [Score] - Reported|{score}`).map(withUnit('vital-signs'))
}

function laboratory(): (readonly [Code, string, 'laboratory'])[] {
  return codes(`2339-0 Glucose|mg/dL
    2345-7 Glucose|mg/dL
    6299-2 Urea Nitrogen|mg/dL
    38483-4 Creatinine|mg/dL
    2160-0 Creatinine|mg/dL
    49765-1 Calcium|mg/dL
    2947-0 Sodium|mmol/L
    6298-4 Potassium|mmol/L
    2069-3 Chloride|mmol/L
    20565-8 Carbon Dioxide|mmol/L
    33914-3 Estimated Glomerular Filtration Rate|mL/min/{1.73_m2}
    14959-1 Microalbumin Creatinine Ratio|mg/g
    2093-3 Total Cholesterol|mg/dL
    2571-8 Triglycerides|mg/dL
    18262-6 Low Density Lipoprotein Cholesterol|mg/dL
    2085-9 High Density Lipoprotein Cholesterol|mg/dL
    4548-4 Hemoglobin A1c/Hemoglobin.total in Blood|%
    6690-2 Leukocytes [#/volume] in Blood by Automated count|10*3/uL
    789-8 Erythrocytes [#/volume] in Blood by Automated count|10*6/uL
    718-7 Hemoglobin [Mass/volume] in Blood|g/dL
    4544-3 Hematocrit [Volume Fraction] of Blood by Automated count|%
    787-2 MCV [Entitic volume] by Automated count|fL
    785-6 MCH [Entitic mass] by Automated count|pg
    786-4 MCHC [Mass/volume] by Automated count|g/dL
    21000-5 Erythrocyte distribution width [Entitic volume] by Automated count|fL
    788-0 Erythrocyte distribution width [Ratio] by Automated count|%
    777-3 Platelets [#/volume] in Blood by Automated count|10*3/uL
    32207-3 Platelet distribution width [Entitic volume] in Blood by Automated count|fL
    32623-1 Platelet mean volume [Entitic volume] in Blood by Automated count|fL
    751-8 Neutrophils [#/volume] in Blood by Automated count|10*3/uL
    770-8 Neutrophils/100 leukocytes in Blood by Automated count|%
    731-0 Lymphocytes [#/volume] in Blood by Automated count|10*3/uL
    736-9 Lymphocytes/100 leukocytes in Blood by Automated count|%
    742-7 Monocytes [#/volume] in Blood by Automated count|10*3/uL
    5905-5 Monocytes/100 leukocytes in Blood by Automated count|%
    711-2 Eosinophils [#/volume] in Blood by Automated count|10*3/uL
    713-8 Eosinophils/100 leukocytes in Blood by Automated count|%
    704-7 Basophils [#/volume] in Blood by Automated count|10*3/uL
    706-2 Basophils/100 leukocytes in Blood by Automated count|%
    10834-0 Globulin [Mass/volume] in Serum by calculation|g/L
    2885-2 Protein [Mass/volume] in Serum or Plasma|g/dL
    1751-7 Albumin [Mass/volume] in Serum or Plasma|g/dL
    1975-2 Bilirubin.total [Mass/volume] in Serum or Plasma|mg/dL
    6768-6 Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma|U/L
    1742-6 Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma|U/L
    1920-8 Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma|U/L
    2823-3 Potassium [Moles/volume] in Serum or Plasma|mmol/L
    2951-2 Sodium [Moles/volume] in Serum or Plasma|mmol/L
    2075-0 Chloride [Moles/volume] in Serum or Plasma|mmol/L
    2028-9 Carbon dioxide, total [Moles/volume] in Serum or Plasma|mmol/L
    17861-6 Calcium [Mass/volume] in Serum or Plasma|mg/dL
    19123-9 Magnesium [Mass/volume] in Serum or Plasma|mg/dL
    2777-1 Phosphate [Mass/volume] in Serum or Plasma|mg/dL
    3094-0 Urea nitrogen [Mass/volume] in Serum or Plasma|mg/dL
    2744-1 pH of Arterial blood|[pH]
    2019-8 Carbon dioxide [Partial pressure] in Arterial blood|mm[Hg]
    2703-7 Oxygen [Partial pressure] in Arterial blood|mm[Hg]
    1960-4 Bicarbonate [Moles/volume] in Arterial blood|mmol/L
    3016-3 Thyrotropin [Units/volume] in Serum or Plasma|m[IU]/L
    2276-4 Ferritin [Mass/volume] in Serum or Plasma|ug/L
    2498-4 Iron [Mass/volume] in Serum or Plasma|ug/dL
    2500-7 Iron binding capacity [Mass/volume] in Serum or Plasma|ug/dL
    1988-5 C reactive protein [Mass/volume] in Serum or Plasma|mg/L
    30341-2 Erythrocyte sedimentation rate|mm/h
    48065-7 Fibrin D-dimer FEU [Mass/volume] in Platelet poor plasma|ug/mL
    14804-9 Lactate dehydrogenase [Enzymatic activity/volume] in Serum or Plasma by Lactate to pyruvate reaction|U/L
    89579-7 Troponin I.cardiac [Mass/volume] in Serum or Plasma by High sensitivity method|pg/mL
    33959-8 Procalcitonin [Mass/volume] in Serum or Plasma|ng/mL
    33762-6 Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma|pg/mL
    2857-1 Prostate specific Ag [Mass/volume] in Serum or Plasma|ng/mL
    6301-6 INR in Platelet poor plasma by Coagulation assay|{INR}
    5902-2 Prothrombin time (PT)|s
    1989-3 25-hydroxyvitamin D3 [Mass/volume] in Serum or Plasma|ng/mL
    94531-1 SARS-CoV-2 (COVID-19) RNA panel - Respiratory specimen by NAA with probe detection|
    94500-6 SARS-CoV-2 (COVID-19) RNA [Presence] in Respiratory specimen by NAA with probe detection|
    80382-5 Influenza virus A Ag [Presence] in Nasopharynx by Rapid immunoassay|
    80383-3 Influenza virus B Ag [Presence] in Nasopharynx by Rapid immunoassay|
    92142-9 Influenza virus A RNA [Presence] in Respiratory specimen by NAA with probe detection|
    5792-7 Glucose [Mass/volume] in Urine by Test strip|mg/dL
    5804-0 Protein [Mass/volume] in Urine by Test strip|mg/dL
    5794-3 Hemoglobin [Presence] in Urine by Test strip|
    5799-2 Leukocyte esterase [Presence] in Urine by Test strip|
    5802-4 Nitrite [Presence] in Urine by Test strip|`).map(withUnit('laboratory'))
}

function withUnit<C extends string>(category: C): (code: Code) => readonly [Code, string, C] {
  return ([code, text]) => {
    const [display = '', unit = ''] = text.split('|')
    return [[code, display], unit, category]
  }
}

export const surveys = codes(`72166-2 Tobacco smoking status NHIS
  55758-7 Patient Health Questionnaire 2 item (PHQ-2) total score [Reported]
  44261-6 Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]
  70274-6 Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]
  75626-2 Total score [AUDIT-C]
  82667-7 Total score [DAST-10]
  93025-5 Protocol for Responding to and Assessing Patients' Assets, Risks, and Experiences [PRAPARE]`)

export const answers = codes(`266919005 Never smoker
  8517006 Former smoker
  449868002 Current every day smoker
  260385009 Negative (qualifier value)
  10828004 Positive (qualifier value)
  260415000 Not detected (qualifier value)
  260373001 Detected (qualifier value)`)

export const panelsElsewhere = codes(`51990-0 Basic Metabolic Panel
  24323-8 Comprehensive metabolic 2000 panel - Serum or Plasma
  57698-3 Lipid Panel
  58410-2 Complete blood count (hemogram) panel - Blood by Automated count
  24336-0 Gas panel - Arterial blood
  24357-6 Urinalysis macro (dipstick) panel - Urine
  69409-1 U.S. standard certificate of death - 2003 revision
  34117-2 History and physical note
  51847-2 Evaluation+Plan note
  11506-3 Progress note
  11488-4 Consult note
  18842-5 Discharge summary
  34133-9 Summary of episode note`)

/** Disorders, findings and situations as SNOMED CT names them. */
