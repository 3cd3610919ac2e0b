import type { Code } from '../resource.ts'

export const bloodPressure: Code = ['85354-9', 'Blood pressure panel with all children optional']
export const systolic: Code = ['8480-6', 'Systolic blood pressure']
export const diastolic: Code = ['8462-4', 'Diastolic blood pressure']
export const bodyWeight: Code = ['29463-7', 'Body weight']
export const bodyHeight: Code = ['8302-2', 'Body height']
export const massIndex: Code = ['39156-5', 'Body mass index (BMI) [Ratio]']
export const temperature: Code = ['8310-5', 'Body temperature']
export const heartRate: Code = ['8867-4', 'Heart rate']
export const respiratoryRate: Code = ['9279-1', 'Respiratory rate']
export const oxygenSaturation: Code = ['59408-5', 'Oxygen saturation in Arterial blood by Pulse oximetry']
export const arterialSaturation: Code = ['2708-6', 'Oxygen saturation in Arterial blood']
export const smokingStatus: Code = ['72166-2', 'Tobacco smoking status']
export const depressionScore: Code = ['44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]']

export const smoking: readonly (readonly [weight: number, status: Code])[] = [
  [62, ['266919005', 'Never smoked tobacco']],
  [24, ['8517006', 'Ex-smoker']],
  [14, ['449868002', 'Smokes tobacco daily']],
]
