import { codes } from './codes.ts'

/** Disorders, findings and situations as SNOMED CT names them. */
export const findings = codes(`59621000 Hypertension
  44054006 Diabetes
  15777000 Prediabetes
  162864005 Body mass index 30+ - obesity (finding)
  408512008 Body mass index 40+ - severely obese (finding)
  55822004 Hyperlipidemia
  302870006 Hypertriglyceridemia (disorder)
  237602007 Metabolic syndrome X (disorder)
  271737000 Anemia (disorder)
  80394007 Hyperglycemia (disorder)
  444814009 Viral sinusitis (disorder)
  195662009 Acute viral pharyngitis (disorder)
  10509002 Acute bronchitis (disorder)
  36971009 Sinusitis (disorder)
  40055000 Chronic sinusitis (disorder)
  75498004 Acute bacterial sinusitis (disorder)
  43878008 Streptococcal sore throat (disorder)
  65363002 Otitis media
  72892002 Normal pregnancy
  398254007 Preeclampsia
  19169002 Miscarriage in first trimester
  35999006 Blighted ovum
  87433001 Pulmonary emphysema (disorder)
  185086009 Chronic obstructive bronchitis (disorder)
  195967001 Asthma
  233678006 Childhood asthma
  446096008 Perennial allergic rhinitis
  367498001 Seasonal allergic rhinitis
  24079001 Atopic dermatitis
  40275004 Contact dermatitis
  68496003 Polyp of colon
  49436004 Atrial Fibrillation
  53741008 Coronary Heart Disease
  22298006 Myocardial Infarction
  399211009 History of myocardial infarction (situation)
  410429000 Cardiac Arrest
  230690007 Stroke
  88805009 Chronic congestive heart failure (disorder)
  431855005 Chronic kidney disease stage 1 (disorder)
  431856006 Chronic kidney disease stage 2 (disorder)
  433144002 Chronic kidney disease stage 3 (disorder)
  127013003 Diabetic renal disease (disorder)
  422034002 Diabetic retinopathy associated with type II diabetes mellitus (disorder)
  368581000119106 Neuropathy due to type 2 diabetes mellitus (disorder)
  90781000119102 Microalbuminuria due to type 2 diabetes mellitus (disorder)
  239873007 Osteoarthritis of knee
  239872002 Osteoarthritis of hip
  64859006 Osteoporosis (disorder)
  69896004 Rheumatoid arthritis
  90560007 Gout
  82423001 Chronic pain
  278860009 Chronic low back pain (finding)
  279039007 Low back pain (finding)
  57676002 Joint pain (finding)
  37320007 Loss of teeth (disorder)
  44465007 Sprain of ankle
  70704007 Sprain of wrist
  65966004 Fracture of forearm
  16114001 Fracture of ankle
  58150001 Fracture of clavicle
  33737001 Fracture of rib
  62106007 Concussion with no loss of consciousness
  284551006 Laceration of foot
  283371005 Laceration of forearm
  284549007 Laceration of hand
  283385000 Laceration of thigh
  370143000 Major depression disorder
  36923009 Major depression, single episode
  5602001 Opioid abuse (disorder)
  7200002 Alcoholism
  55680006 Drug overdose
  26929004 Alzheimer's disease (disorder)
  128613002 Seizure disorder
  703151001 History of single seizure (situation)
  38822007 Cystitis
  45816000 Pyelonephritis
  307426000 Acute infective cystitis (disorder)
  301011002 Escherichia coli urinary tract infection
  74400008 Appendicitis
  428251000124104 History of appendectomy
  254837009 Malignant neoplasm of breast (disorder)
  92691004 Carcinoma in situ of prostate (disorder)
  126906006 Neoplasm of prostate
  363406005 Malignant tumor of colon
  254637007 Non-small cell lung cancer (disorder)
  840539006 COVID-19
  840544004 Suspected COVID-19
  386661006 Fever (finding)
  49727002 Cough (finding)
  248595008 Sputum finding (finding)
  84229001 Fatigue (finding)
  36955009 Loss of taste (finding)
  267036007 Dyspnea (finding)
  56018004 Wheezing (finding)
  68962001 Muscle pain (finding)
  43724002 Chill (finding)
  25064002 Headache (finding)
  267102003 Sore throat symptom (finding)
  271825005 Respiratory distress (finding)
  389087006 Hypoxemia (disorder)
  233604007 Pneumonia (disorder)
  65710008 Acute respiratory failure (disorder)
  706870000 Acute pulmonary embolism (disorder)
  73595000 Stress (finding)
  160903007 Full-time employment (finding)
  160904001 Part-time employment (finding)
  73438004 Unemployed (finding)
  741062008 Not in labor force (finding)
  422650009 Social isolation (finding)
  423315002 Limited social contact (finding)
  424393004 Reports of violence in the environment (finding)
  706893006 Victim of intimate partner abuse (finding)
  266934004 Transport problem (finding)
  224299000 Received higher education (finding)
  224295006 Only received primary school education (finding)
  105531004 Housing unsatisfactory (finding)
  32911000 Homeless (finding)
  10939881000119105 Unhealthy alcohol drinking behavior (finding)
  361055000 Misuses drugs (finding)
  314529007 Medication review due (situation)
  161679004 History of artificial joint (situation)`)
