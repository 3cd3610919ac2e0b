// Answers to a questionnaire, held against it.
export { answerFindings } from './answers.ts'
