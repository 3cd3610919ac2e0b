import { makePractice, type Practice } from './server.ts'

/** A practice for as long as `work` takes. */
export async function withPractice<T>(work: (practice: Practice) => Promise<T>): Promise<T> {
  const practice = makePractice()
  try {
    return await work(practice)
  } finally {
    practice.remove()
  }
}
