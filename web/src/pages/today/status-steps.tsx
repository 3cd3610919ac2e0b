import { Menu } from '@mantine/core'
import type { DaySchedule, ScheduledVisit } from '@chartkeep/model/office'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { asFailure } from '../../api/failure.ts'
import { setAppointmentStatus } from '../../api/practice.ts'
import { scheduleOf } from '../../api/queries.ts'
import { announce } from '../../frame/status.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { nextStep, otherSteps, statusName } from './status.ts'

/** One press takes a visit a step further; the menu has the others. Shown at once, taken back if the server declines. */
export function StatusSteps({ visit, date }: { visit: ScheduledVisit; date: string }) {
  const cache = useQueryClient()
  const { queryKey } = scheduleOf(date)
  const change = useMutation({
    mutationFn: (status: string) => setAppointmentStatus(visit.id, status, visit.version),
    onMutate: async (status) => {
      await cache.cancelQueries({ queryKey })
      const before = cache.getQueryData<DaySchedule>(queryKey)
      cache.setQueryData<DaySchedule>(queryKey, (day) => day && withStatus(day, visit.id, status))
      return before
    },
    onSuccess: (_, status) => announce(`${visit.patient.name}: ${statusName(status).toLowerCase()}`),
    onError: (error, _, before) => {
      cache.setQueryData(queryKey, before)
      const failure = asFailure(error)
      announce(
        failure.code === 'version-conflict'
          ? `${visit.patient.name}: changed by someone else meanwhile; this is how it stands now`
          : `${visit.patient.name}: not changed. ${failure.refused.text} ${failure.refused.remedy ?? ''}`,
      )
    },
    onSettled: () => cache.invalidateQueries({ queryKey }),
  })
  const next = nextStep(visit.status)
  return (
    <span className="visit-steps">
      {next !== undefined && (
        <Button
          busy={change.isPending}
          onClick={() => change.mutate(next.status)}
          aria-label={`${next.act}: ${visit.patient.name}`}
        >
          {next.act}
        </Button>
      )}
      <Menu>
        <Menu.Target>
          <button type="button" className="button button-bare" aria-label={`Other status: ${visit.patient.name}`}>
            <Icon name="down" size={14} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {otherSteps(visit.status).map((step) => (
            <Menu.Item key={step.status} onClick={() => change.mutate(step.status)}>
              {step.act}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  )
}

function withStatus(day: DaySchedule, id: string, status: string): DaySchedule {
  return { ...day, appointments: day.appointments.map((visit) => (visit.id === id ? { ...visit, status } : visit)) }
}
