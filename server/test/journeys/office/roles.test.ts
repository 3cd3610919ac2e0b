import { expect } from 'vitest'
import { roles } from '#policy'
import type { Desk } from '../../desk.ts'
import { observation } from '../../fixtures.ts'
import { canaries, test } from '../../rest-rig.ts'

interface Scene {
  readonly patient: string
  readonly binary: string
  readonly appointment: string
  /** An account that nobody needs. */
  readonly account: string
}

const draft = { title: 'Visit', text: 'canary words', loinc: '11506-3' }
type Call = (desk: Desk, scene: Scene) => ReturnType<Desk['office']>

/** Every endpoint but those for signing in, and what each role gets; in the order of `roles`. */
// oxfmt-ignore
const endpoints: [string, Call, readonly [number, number, number, number, number, number]][] = [
  //                                                                                                                          desk nurse clin. biller privacy admin
  ['find patients',       (desk) => desk.office('POST', '/patients/search', { text: 'zwy' }),                                 [200, 200, 200, 200, 200, 403]],
  ['recent patients',     (desk) => desk.office('GET', '/patients/recent'),                                                   [200, 200, 200, 200, 200, 403]],
  ['the head of a chart', (desk, { patient }) => desk.office('GET', `/patients/${patient}/banner`),                           [200, 200, 200, 200, 200, 403]],
  // Asked for several types, each is answered for itself; that none is shown is an answer too.
  ['records by type',     (desk, { patient }) => desk.office('GET', `/patients/${patient}/records?type=Observation`),         [200, 200, 200, 200, 200, 200]],
  ['read a draft',        (desk, { patient }) => desk.office('GET', `/patients/${patient}/draft`),                            [403, 204, 204, 403, 403, 403]],
  ['save a draft',        (desk, { patient }) => desk.office('PUT', `/patients/${patient}/draft`, draft),                     [403, 200, 200, 403, 403, 403]],
  ['drop a draft',        (desk, { patient }) => desk.office('DELETE', `/patients/${patient}/draft`),                         [403, 204, 204, 403, 403, 403]],
  ['sign a note',         (desk, { patient }) => desk.office('POST', `/patients/${patient}/notes`, { draft, password: desk.password }), [403, 201, 201, 403, 403, 403]],
  ['open a document',     (desk, { patient, binary }) => desk.office('GET', `/patients/${patient}/documents/${binary}`),      [403, 200, 200, 403, 403, 403]],
  ['store a document',    (desk, { patient }) => desk.office('POST', `/patients/${patient}/documents`, Buffer.from('canary')), [403, 201, 201, 403, 403, 403]],
  ['who opened a chart',  (desk, { patient }) => desk.office('GET', `/patients/${patient}/access`),                           [403, 200, 200, 403, 200, 403]],
  ['what someone did',    (desk, { account }) => desk.office('GET', `/people?account=${account}`),                            [403, 403, 403, 403, 200, 403]],
  ['the schedule',        (desk) => desk.office('GET', '/schedule?date=2026-03-02'),                                          [200, 200, 200, 200, 403, 403]],
  ['move a visit along',  (desk, { appointment }) => desk.office('POST', `/appointments/${appointment}/status`, { status: 'arrived' }), [204, 204, 204, 403, 403, 403]],
  ['accounts',            (desk) => desk.office('GET', '/accounts'),                                                          [403, 403, 403, 403, 200, 200]],
  ['make an account',     (desk) => desk.office('POST', '/accounts', { user: `new-${desk.user}`, name: 'New Person', roles: ['nurse'], password: 'a lantern by the wet harbour' }), [403, 403, 403, 403, 403, 201]],
  ['reset a factor',      (desk, { account }) => desk.office('POST', `/accounts/${account}/reset-factor`),                    [403, 403, 403, 403, 403, 204]],
  ['release an account',  (desk, { account }) => desk.office('POST', `/accounts/${account}/release`),                         [403, 403, 403, 403, 403, 204]],
  ['disable an account',  (desk, { account }) => desk.office('POST', `/accounts/${account}/disable`),                         [403, 403, 403, 403, 403, 204]],
  ['the system',          (desk) => desk.office('GET', '/system'),                                                            [403, 403, 403, 403, 200, 200]],
]

test.for(roles.map((role, column) => [role, column] as const))(
  'H-A06, H-V08, H-N11: a %s gets what the grid says, and of the rest the rule, the remedy and no data',
  async ([role, column], { rest }) => {
    const patient = await rest.patient()
    await rest.make(observation(patient))
    const scene: Scene = {
      patient,
      binary: await rest.make({
        resourceType: 'Binary',
        contentType: 'text/plain',
        securityContext: { reference: `Patient/${patient}` },
        data: Buffer.from('canary content').toString('base64'),
      }),
      appointment: await rest.make({
        resourceType: 'Appointment',
        status: 'booked',
        start: '2026-03-02T10:00:00Z',
        end: '2026-03-02T10:20:00Z',
        reasonCode: [{ text: 'canary cough' }],
        participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
      }),
      account: (await rest.hire('nurse')).id,
    }
    const desk = await rest.desk(role)
    for (const [name, call, statuses] of endpoints) {
      const before = (await rest.entries()).length
      const got = await call(desk, scene)
      expect([name, got.status, got.text.slice(0, statuses[column] === got.status ? 0 : 500)]).toEqual([
        name,
        statuses[column],
        '',
      ])
      if (got.status !== 403) continue
      expect(got.json).toEqual({
        code: 'not-permitted',
        text: 'Policy does not permit this.',
        rule: expect.stringContaining(`role:${role}/`),
        remedy: expect.stringMatching(/\w{3}/),
        reference: got.headers['x-request-id'],
      })
      expect(canaries.filter((canary) => got.text.includes(canary))).toEqual([])
      const [entry, ...others] = (await rest.entries()).slice(before)
      expect(others).toEqual([])
      expect(entry).toMatchObject({
        actor: { kind: 'person', id: desk.id, role },
        outcome: 'refused',
        rule: got.json['rule'],
        request: got.json['reference'],
      })
    }
  },
)

test('programs have no business here, whatever their scopes', async ({ rig, rest }) => {
  const patient = await rest.patient()
  const { authorization } = await rig.token('system/*.cruds')
  for (const path of ['/patients/recent', `/patients/${patient}/banner`, '/schedule', '/accounts', '/system']) {
    const got = await rig.ask(`/office${path}`, { headers: { authorization } })
    expect(JSON.parse(got.text)).toMatchObject({ code: 'not-permitted', rule: 'office:people-only' })
    expect(got.status).toBe(403)
  }
})
