import { sentence } from '../words/name.ts'

const actions: Record<string, string> = {
  read: 'Read',
  search: 'Searched',
  history: 'Read earlier versions',
  create: 'Added',
  update: 'Changed',
  delete: 'Deleted',
  draft: 'Wrote a draft',
  'review-access': 'Looked at the access history',
}

const purposes: Record<string, string> = {
  TREAT: 'Treatment',
  HPAYMT: 'Payment',
  HOPERAT: 'Running the practice',
  ETREAT: 'Emergency treatment',
  SYSADMIN: 'System administration',
}

export function actionWords(action: string): string {
  return actions[action] ?? sentence(action)
}

/** v3-ActReason in words. */
export function purposeWords(purpose: string): string {
  return purposes[purpose] ?? purpose
}
