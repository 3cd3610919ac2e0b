import { FhirpathFault } from './fault.ts'

// What bounds an evaluation, which is synchronous and cannot be interrupted: one runs at a time, and counts here.
const most = 500_000
let left = 0

/** For the next evaluation. */
export function beginEffort(): void {
  left = most
}

/** @throws FhirpathFault when the evaluation has taken more steps than it may */
export function spend(steps: number): void {
  left -= steps
  if (left < 0) throw new FhirpathFault('too-costly')
}
