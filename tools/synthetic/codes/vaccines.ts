import type { Code } from '../resource.ts'

/** A dose of the schedule: which vaccine, and the age in months at which it is due. */
export interface Dose {
  readonly cvx: Code
  readonly months: number
  readonly number: number
  readonly of: number
  readonly target: Code
}

const dtap: Code = ['20', 'DTaP']
const hepatitisB: Code = ['08', 'Hep B, adolescent or pediatric']
const polio: Code = ['10', 'IPV']
const hib: Code = ['49', 'Hib (PRP-OMP)']
const pneumococcus: Code = ['133', 'Pneumococcal conjugate PCV 13']
const rotavirus: Code = ['119', 'rotavirus, monovalent']
const measles: Code = ['03', 'MMR']
const varicella: Code = ['21', 'varicella']
const hepatitisA: Code = ['83', 'Hep A, ped/adol, 2 dose']
const papilloma: Code = ['165', 'HPV9']
const meningococcus: Code = ['114', 'meningococcal MCV4P']
const tdap: Code = ['115', 'Tdap']
const zoster: Code = ['187', 'zoster recombinant']
const pneumococcus23: Code = ['33', 'pneumococcal polysaccharide PPV23']

export const influenza: Code = ['140', 'Influenza, seasonal, injectable, preservative free']
export const tetanus: Code = ['113', 'Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed']
export const covid: readonly Code[] = [
  ['208', 'COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose'],
  ['207', 'COVID-19, mRNA, LNP-S, PF, 100 mcg/0.5mL dose or 50 mcg/0.25mL dose'],
]

// SNOMED CT codes of the disease a dose is meant against.
const disease = {
  diphtheria: ['397430003', 'Diphtheria caused by Corynebacterium diphtheriae'],
  hepatitisB: ['66071002', 'Viral hepatitis type B'],
  polio: ['398102009', 'Acute poliomyelitis'],
  hib: ['91428005', 'Haemophilus influenzae infection'],
  pneumococcus: ['16814004', 'Pneumococcal infectious disease'],
  rotavirus: ['18624000', 'Disease caused by Rotavirus'],
  measles: ['14189004', 'Measles'],
  varicella: ['38907003', 'Varicella'],
  hepatitisA: ['40468003', 'Viral hepatitis, type A'],
  papilloma: ['240532009', 'Human papillomavirus infection'],
  meningococcus: ['23511006', 'Meningococcal infectious disease'],
  zoster: ['4740000', 'Herpes zoster'],
} as const satisfies Record<string, Code>

function series(cvx: Code, target: Code, ...months: readonly number[]): Dose[] {
  return months.map((month, index) => ({ cvx, target, months: month, number: index + 1, of: months.length }))
}

export const schedule: readonly Dose[] = [
  ...series(hepatitisB, disease.hepatitisB, 0, 1, 6),
  ...series(rotavirus, disease.rotavirus, 2, 4),
  ...series(dtap, disease.diphtheria, 2, 4, 6, 15, 48),
  ...series(hib, disease.hib, 2, 4, 12),
  ...series(pneumococcus, disease.pneumococcus, 2, 4, 6, 12),
  ...series(polio, disease.polio, 2, 4, 6, 48),
  ...series(measles, disease.measles, 12, 48),
  ...series(varicella, disease.varicella, 12, 48),
  ...series(hepatitisA, disease.hepatitisA, 12, 18),
  ...series(tdap, disease.diphtheria, 132),
  ...series(papilloma, disease.papilloma, 132, 138),
  ...series(meningococcus, disease.meningococcus, 132, 192),
  ...series(zoster, disease.zoster, 602, 606),
  ...series(pneumococcus23, disease.pneumococcus, 782),
]
