import type { Prepare } from './check.ts'

/** The request is answered, by 'timed-out' if need be, within the seconds of its class; see in-flight.ts. */
export const limitTime: Prepare = (route, { limits }) => {
  const milliseconds = limits.seconds[route.class] * 1000
  return (visit) => {
    visit.deadline = visit.began + milliseconds
  }
}
