import { codes } from './codes.ts'

/** Ordered medicines, as RxNorm names them. */
export const drugs = codes(`310798 Hydrochlorothiazide 25 MG Oral Tablet
  314076 lisinopril 10 MG Oral Tablet
  314231 Simvastatin 10 MG Oral Tablet
  312961 Simvastatin 20 MG Oral Tablet
  259255 Atorvastatin 80 MG Oral Tablet
  308136 amLODIPine 2.5 MG Oral Tablet
  197361 Amlodipine 5 MG Oral Tablet
  860975 24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet
  106892 insulin human, isophane 70 UNT/ML / insulin, regular, human 30 UNT/ML Injectable Suspension [Humulin]
  897122 3 ML liraglutide 6 MG/ML Pen Injector
  866412 24 HR metoprolol succinate 100 MG Extended Release Oral Tablet
  866924 metoprolol tartrate 25 MG Oral Tablet
  309362 Clopidogrel 75 MG Oral Tablet
  313988 Furosemide 40 MG Oral Tablet
  855332 Warfarin Sodium 5 MG Oral Tablet
  197604 Digoxin 0.125 MG Oral Tablet
  897718 Verapamil Hydrochloride 40 MG
  310965 Ibuprofen 200 MG Oral Tablet
  313820 Acetaminophen 160 MG Chewable Tablet
  313782 Acetaminophen 325 MG Oral Tablet
  198405 Ibuprofen 100 MG Oral Tablet
  849574 Naproxen sodium 220 MG Oral Tablet
  1049221 Acetaminophen 325 MG / Oxycodone Hydrochloride 5 MG Oral Tablet
  857005 Acetaminophen 325 MG / HYDROcodone Bitartrate 7.5 MG Oral Tablet
  834061 Penicillin V Potassium 250 MG Oral Tablet
  834102 Penicillin V Potassium 500 MG Oral Tablet
  308192 Amoxicillin 500 MG Oral Tablet
  308182 Amoxicillin 250 MG Oral Capsule
  562251 Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet
  197511 ciprofloxacin 250 MG Oral Tablet
  311989 Nitrofurantoin 5 MG/ML Oral Suspension
  309097 Cefuroxime 250 MG Oral Tablet
  141918 Terfenadine 60 MG Oral Tablet
  1014676 cetirizine hydrochloride 5 MG Oral Tablet
  665078 Loratadine 5 MG Chewable Tablet
  997488 Fexofenadine hydrochloride 30 MG Oral Tablet
  1049630 diphenhydrAMINE Hydrochloride 25 MG Oral Tablet
  477045 Chlorpheniramine Maleate 2 MG/ML Oral Solution
  1870230 NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector
  895994 120 ACTUAT Fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler
  745679 200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler
  2123111 NDA020503 200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler
  351109 budesonide 0.25 MG/ML Inhalation Suspension
  896209 60 ACTUAT Fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler
  106258 Hydrocortisone 10 MG/ML Topical Cream
  749785 Ortho Tri-Cyclen 28 Day Pack
  751905 Trinessa 28 Day Pack
  748856 Yaz 28 Day Pack
  748879 Levora 0.15/30 28 Day Pack
  748962 Camila 28 Day Pack
  749762 Seasonique 91 Day Pack
  757594 Jolivette 28 Day Pack
  807283 Mirena 52 MG Intrauterine System
  389221 Etonogestrel 68 MG Drug Implant
  1605257 Liletta 52 MG Intrauterine System
  978950 Natazia 28 Day Pack
  1366342 NuvaRing 0.12/0.015 MG per 24HR 21 Day Vaginal Ring
  1534809 168 HR Ethinyl Estradiol 0.00146 MG/HR / norelgestromin 0.00625 MG/HR Transdermal System
  312938 Sertraline 100 MG Oral Tablet
  310385 FLUoxetine 20 MG Oral Capsule
  596926 duloxetine 20 MG Delayed Release Oral Capsule
  904419 Alendronic acid 10 MG Oral Tablet
  310325 Ferrous sulfate 325 MG Oral Tablet
  197319 Allopurinol 100 MG Oral Tablet
  1807510 150 ML vancomycin 5 MG/ML Injection
  1659149 piperacillin 4000 MG / tazobactam 500 MG Injection
  1719286 10 ML Furosemide 10 MG/ML Injection
  242969 1 ML Norepinephrine 1 MG/ML Injection
  1535362 sodium fluoride 0.0272 MG/MG Oral Gel
  583214 Paclitaxel 100 MG Injection
  1734919 Cyclophosphamide 1000 MG Injection
  1736854 Cisplatin 50 MG Injection
  1790099 10 ML Doxorubicin Hydrochloride 2 MG/ML Injection
  1803932 Leucovorin 100 MG Injection
  727762 5 ML fulvestrant 50 MG/ML Prefilled Syringe
  1736776 10 ML oxaliplatin 5 MG/ML Injection
  310261 exemestane 25 MG Oral Tablet
  849727 Naproxen sodium 550 MG Oral Tablet
  311700 Midazolam 1 MG/ML Injectable Solution
  1049504 12 HR Oxycodone Hydrochloride 10 MG Extended Release Oral Tablet
  1860154 Abuse-Deterrent 12 HR Oxycodone Hydrochloride 15 MG Extended Release Oral Tablet`)

export const vaccines = codes(`140 Influenza, seasonal, injectable, preservative free
  113 Td (adult) preservative free
  113 Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed
  115 Tdap
  133 Pneumococcal conjugate PCV 13
  33 pneumococcal polysaccharide vaccine, 23 valent
  121 zoster
  121 zoster vaccine, live
  187 zoster recombinant
  62 HPV, quadrivalent
  165 HPV9
  114 meningococcal MCV4P
  08 Hep B, adolescent or pediatric
  43 Hep B, adult
  52 Hep A, adult
  83 Hep A, ped/adol, 2 dose
  20 DTaP
  10 IPV
  49 Hib (PRP-OMP)
  119 rotavirus, monovalent
  03 MMR
  21 varicella
  207 SARS-COV-2 (COVID-19) vaccine, mRNA, spike protein, LNP, preservative free, 100 mcg/0.5mL dose
  208 SARS-COV-2 (COVID-19) vaccine, mRNA, spike protein, LNP, preservative free, 30 mcg/0.3mL dose
  212 SARS-COV-2 (COVID-19) vaccine, vector non-replicating, recombinant spike protein-Ad26, preservative free, 0.5 mL`)
