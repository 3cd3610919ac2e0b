import { codes } from './codes.ts'

export const allergies = codes(`300916003 Latex allergy
  300913006 Shellfish allergy
  419474003 Allergy to mould
  232350006 House dust mite allergy
  232347008 Dander (animal) allergy
  418689008 Allergy to grass pollen
  419263009 Allergy to tree pollen
  424213003 Allergy to bee venom
  425525006 Allergy to dairy product
  91930004 Allergy to eggs
  91934008 Allergy to nut
  91935009 Allergy to peanuts
  417532002 Allergy to fish
  420174000 Allergy to wheat
  714035009 Allergy to soya
  91936005 Allergy to penicillin`)

/** Plans of care and what they consist of. */
export const carePlans = codes(`734163000 Care plan
  735985000 Diabetes self management plan (record artifact)
  698360004 Diabetes self management plan
  443402002 Lifestyle education regarding hypertension
  736376001 Infectious disease care plan (record artifact)
  53950000 Respiratory therapy
  869761000000107 Urinary tract infection care
  385691007 Fracture care
  134435003 Routine antenatal care
  91251008 Physical therapy procedure
  225358003 Wound care
  736285004 Hyperlipidemia clinical management plan (record artifact)
  736353004 Inpatient care plan (record artifact)
  711282006 Skin condition care
  718347000 Mental health care plan (record artifact)
  699728000 Asthma self management
  412776001 Chronic obstructive pulmonary disease clinical management plan (record artifact)
  737471002 Minor surgery care management (procedure)
  47387005 Head injury rehabilitation
  384758001 Self-care interventions (procedure)`)

export const activities = codes(`160670007 Diabetic diet
  229065009 Exercise therapy
  226234005 Healthy diet
  304491008 Dyspnea rehabilitation
  243072006 Cancer education
  183301007 Physical exercises (regime/therapy)
  386463000 Prescribed activity/exercise education
  413473000 Counseling about alcohol consumption
  1151000175103 Dietary approaches to stop hypertension diet
  710125004 Instruction about self care
  710081004 Smoking cessation therapy
  183051005 Recommendation to rest
  408957008 Recommendation to drink fluids
  409002 Food allergy diet
  58332002 Allergy education
  135892000 Antenatal education
  312404004 Antenatal risk assessment
  266694003 Heart failure education
  226060000 Stress management
  229070002 Stretching and strengthening exercises
  229586001 Rest, ice, compression and elevation treatment programme
  183401008 Anti-suicide psychotherapy
  385763009 Hospice care
  77476009 Application of dressing
  315043002 Behavior to prevent sun exposure
  409524006 Airborne precautions
  444908001 Isolation nursing in negative pressure isolation environment (regime/therapy)
  409526008 Personal protective equipment (physical object)
  361235007 Urine culture`)

export const supplies = codes(`409534002 Disposable air-purifying respirator (physical object)
  713779008 Nitrile examination/treatment glove, non-powdered, sterile (physical object)
  469673003 Isolation gown, single-use (physical object)
  706724001 Medical/surgical face mask, single-use (physical object)
  463659001 Protective glasses, device (physical object)
  409527004 Surgical scrubs (physical object)
  229772003 Bed (physical object)
  337388004 Blood glucose testing strips (physical object)
  359817006 Invasive mechanical ventilator (physical object)
  462242008 Viral filter, respiratory (physical object)
  464675004 Endotracheal tube holder (physical object)`)
