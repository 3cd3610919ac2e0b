import { codes } from './codes.ts'

/** What is done, by SNOMED CT. */
export const procedures = codes(`430193006 Medication Reconciliation (procedure)
  428191000124101 Documentation of current medications
  710824005 Assessment of health and social care needs (procedure)
  710841007 Assessment of anxiety (procedure)
  762993000 Assessment using Morse Fall Scale (procedure)
  866148006 Screening for domestic abuse (procedure)
  171207006 Depression screening (procedure)
  454711000124102 Depression screening using Patient Health Questionnaire Two-Item score (procedure)
  715252007 Depression screening using Patient Health Questionnaire Nine Item score (procedure)
  428211000124100 Assessment of substance use (procedure)
  763302001 Assessment using Alcohol Use Disorders Identification Test - Consumption (procedure)
  868187001 Assessment using Car, Relax, Alone, Forget, Friends, Trouble Screening Test (procedure)
  73761001 Colonoscopy
  274031008 Rectal polypectomy
  399208008 Chest X-ray
  399208008 Plain chest X-ray (procedure)
  19490002 Ankle X-ray
  60027007 Radiography of wrist
  71651007 Mammography (procedure)
  23426006 Measurement of respiratory function (procedure)
  127783003 Spirometry (procedure)
  29303009 Electrocardiographic procedure
  40701008 Echocardiography (procedure)
  180325003 Electrical cardioversion
  18286008 Catheter ablation of tissue of heart
  415070008 Percutaneous coronary intervention
  232717009 Coronary artery bypass grafting
  265764009 Renal dialysis (procedure)
  68254000 Removal of intrauterine contraceptive device
  169553002 Insertion of subcutaneous contraceptive
  65200003 Insertion of intrauterine contraceptive device (procedure)
  76601001 Intramuscular injection
  180256009 Subcutaneous immunotherapy
  395142003 Allergy screening test
  288086009 Suture open wound
  274474001 Bone immobilization
  5880005 Physical exam
  117015009 Throat culture (procedure)
  104091002 Hemogram, automated, with red blood cells, white blood cells, hemoglobin, hematocrit, indices, platelet count, and manual white blood cell differential
  252160004 Standard pregnancy test
  169230002 Ultrasound scan for fetal viability
  274804006 Evaluation of uterine fundal height
  225158009 Auscultation of the fetal heart
  44608003 Blood typing, RH typing
  104375008 Hepatitis C antibody test
  47758006 Hepatitis B Surface Antigen Measurement
  31676001 Human immunodeficiency virus antigen test
  165829005 Gonorrhea infection test
  310861008 Chlamydia antigen test
  269828009 Syphilis infectious titer test
  90226004 Cytopathology procedure, preparation of smear, genital source
  171231001 Urine screening test for diabetes
  167271000 Urine protein test
  66348005 Childbirth
  386394001 Augmentation of labor
  18946005 Epidural anesthesia
  237001001 Augmentation of labor
  11466000 Cesarean section
  703423002 Combined chemotherapy and radiation therapy (procedure)
  367336001 Chemotherapy (procedure)
  108290001 Radiation oncology AND/OR radiotherapy (procedure)
  80146002 Appendectomy
  313191000 Injection of epinephrine
  371908008 Oxygen administration by mask (procedure)
  26763009 Assisted breathing (procedure)
  431182000 Placing subject in prone position (procedure)
  261352009 Face mask (physical object)
  170258001 Outpatient procedure
  243085009 Oral hygiene education (procedure)
  34043003 Dental consultation and report (procedure)
  225362009 Dental care (regime/therapy)
  234713009 Removal of subgingival plaque and calculus from all teeth using dental instrument (procedure)
  241046008 Dental plain X-ray bitewing (procedure)
  103697008 Patient referral for dental care (procedure)`)

/** Kinds of encounter. */
export const encounterTypes = codes(`162673000 General examination of patient (procedure)
  185349003 Encounter for check up (procedure)
  185345009 Encounter for symptom
  185347001 Encounter for problem
  185347001 Encounter for problem (procedure)
  308335008 Patient encounter procedure
  390906007 Follow-up encounter
  410620009 Well child visit (procedure)
  424441002 Prenatal initial visit
  424619006 Prenatal visit
  169762003 Postnatal visit
  50849002 Emergency room admission (procedure)
  50849002 Emergency Room Admission
  4525004 Emergency department patient visit (procedure)
  183460006 Obstetric emergency hospital admission
  32485007 Hospital admission
  305351004 Admission to hospital
  305408004 Admission to surgical department
  183452005 Emergency hospital admission (procedure)
  184347001 Urgent care clinic (procedure)
  702927004 Urgent care clinic (environment)
  371883000 Outpatient procedure
  448337001 Telemedicine consultation with patient
  453131000124105 Videotelephony encounter (procedure)
  439740005 Postoperative follow-up visit (procedure)
  698314001 Consultation for treatment
  270427003 Patient-initiated encounter
  394701000 Asthma follow-up
  10197000 Psychiatric interview and evaluation
  305336008 Admission to hospice (procedure)
  305432006 Admission to skilled nursing facility
  185389009 Follow-up visit (procedure)
  401267002 Telephone triage encounter (procedure)
  210098006 Domiciliary or rest home patient evaluation and management
  308646001 Death Certification`)

/** Ordered medicines, as RxNorm names them. */
