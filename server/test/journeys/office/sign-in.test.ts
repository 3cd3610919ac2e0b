import { expect } from 'vitest'
import { codeOf, openBrowser, openDesk } from '../../desk.ts'
import { test } from '../../rest-rig.ts'

const sessionName = '__Host-chartkeep='

test('N-01, N-06, P-11: password, then a second factor is enrolled, then a session with recovery codes', async ({
  rig,
  rest,
}) => {
  const person = await rest.hire('clinician', 'privacy-officer')
  const browser = openBrowser(rig)
  expect((await browser.office('GET', '/session')).json).toMatchObject({ code: 'not-signed-in' })

  const first = await browser.office('POST', '/sign-in', { user: person.user, password: person.password })
  expect(first.json).toEqual({
    step: 'enrol',
    secret: expect.stringMatching(/^[A-Z2-7]{32,}$/),
    uri: expect.stringContaining('otpauth://totp/'),
    qr: expect.any(Array),
  })
  expect(first.headers['set-cookie']?.join()).toMatch(/^__Host-.*; Path=\/; Secure; HttpOnly; SameSite=Strict/)
  expect((await browser.office('POST', '/patients/search', { text: 'a' })).status).toBe(401)

  const second = await browser.office('POST', '/sign-in/code', { code: codeOf(String(first.json['secret'])) })
  expect(second.json).toMatchObject({
    account: person.id,
    user: person.user,
    name: person.name,
    role: 'clinician',
    roles: ['clinician', 'privacy-officer'],
    practice: 'Test practice',
    locked: false,
    home: 'schedule',
    rights: { Patient: 'rscu', Observation: 'rshcud', Claim: 'rs', Appointment: 'rscud', Provenance: 'rs' },
  })
  expect(second.json['idleSeconds']).toBeGreaterThan(0)
  expect(Date.parse(String(second.json['expires']))).toBeGreaterThan(Date.now())
  expect(second.json['recoveryCodes']).toHaveLength(10)
  expect(second.headers['set-cookie']?.join()).toMatch(
    /__Host-chartkeep=[^;]{40,}; Path=\/; Secure; HttpOnly; SameSite=Strict/,
  )
  expect(browser.cookie()).not.toContain('ticket')

  const session = await browser.office('GET', '/session')
  expect(session.json).toMatchObject({ account: person.id })
  expect(session.json['recoveryCodes']).toBeUndefined()
  expect(session.headers['cache-control']).toBe('no-store')
})

test('P-12: a recovery code stands in for a lost authenticator, once', async ({ rig, rest }) => {
  const desk = await rest.desk('nurse')
  const [code = ''] = desk.recoveryCodes
  const trySignIn = async () => {
    const browser = openBrowser(rig)
    const first = await browser.office('POST', '/sign-in', { user: desk.user, password: desk.password })
    expect(first.json).toEqual({ step: 'code' })
    return browser.office('POST', '/sign-in/code', { code })
  }
  const again = await trySignIn()
  expect(again.json).toMatchObject({ account: desk.id })
  expect(again.json['recoveryCodes']).toBeUndefined()
  expect((await trySignIn()).json).toMatchObject({ code: 'sign-in-failed' })
})

test('P-09, V6: whatever was wrong, the answer is the same', async ({ rig, rest }) => {
  const person = await rest.hire('nurse')
  const browser = openBrowser(rig)
  const wrong = await browser.office('POST', '/sign-in', { user: person.user, password: 'not the password at all' })
  const nobody = await browser.office('POST', '/sign-in', { user: 'nobody', password: person.password })
  const noTicket = await browser.office('POST', '/sign-in/code', { code: '123456' })
  for (const { status, json, headers } of [wrong, nobody, noTicket]) {
    expect([status, json['code']]).toEqual([401, 'sign-in-failed'])
    expect(headers['set-cookie']).toBeUndefined()
  }
  const first = await browser.office('POST', '/sign-in', { user: person.user, password: person.password })
  const code = codeOf(String(first.json['secret']))
  const other = `${(Number(code) + 1) % 1_000_000}`.padStart(6, '0')
  expect((await browser.office('POST', '/sign-in/code', { code: other })).json).toMatchObject({
    code: 'sign-in-failed',
  })
  expect((await rest.entries()).filter(({ action }) => action === 'sign-in-failed')).toHaveLength(3)
})

test('P-09: wrong passwords from the ward’s own address lock nobody out of an open session or a known workstation', async ({
  rig,
  rest,
}) => {
  const doctor = await rest.desk('clinician')
  const patient = await rest.patient()
  const attacker = openBrowser(rig)
  const tried: unknown[] = []
  for (let i = 0; i < 25; i++)
    tried.push(
      (await attacker.office('POST', '/sign-in', { user: doctor.user, password: 'not it at all' })).json['code'],
    )
  expect(tried.at(-1)).toBe('sign-in-throttled')

  const draft = { title: 'Visit', text: 'Seen today.', loinc: '11506-3' }
  const signed = await doctor.office('POST', `/patients/${patient}/notes`, { draft, password: doctor.password })
  expect(signed.status, signed.text).toBe(201)
  await doctor.office('POST', '/lock')
  expect((await doctor.office('POST', '/unlock', { password: doctor.password })).status).toBe(200)
  await doctor.office('POST', '/sign-out')
  const again = await doctor.office('POST', '/sign-in', { user: doctor.user, password: doctor.password })
  expect(again.json).toEqual({ step: 'code' })
})

test('P-09: a sign-in that has to wait says for how long', async ({ rig, rest }) => {
  const doctor = await rest.hire('clinician')
  const browser = openBrowser(rig)
  const tries = Array.from({ length: 12 }, () =>
    browser.office('POST', '/sign-in', { user: doctor.user, password: 'not it at all' }),
  )
  const waiting = (await Promise.all(tries)).filter(({ status }) => status === 429)
  expect(waiting.length).toBeGreaterThan(0)
  for (const { json, headers } of waiting) {
    expect(json).toMatchObject({ code: 'sign-in-throttled', remedy: 'Try again in 1 seconds.' })
    expect(headers['retry-after']).toBe('1')
  }
})

test('P-09: an administrator releases an account from the list of accounts, and the ledger says who', async ({
  rig,
  rest,
}) => {
  const admin = await rest.desk('administrator')
  const doctor = await rest.hire('clinician')
  const browser = openBrowser(rig)
  for (let i = 0; i < 7; i++) await browser.office('POST', '/sign-in', { user: doctor.user, password: 'not it at all' })
  const signIn = () => browser.office('POST', '/sign-in', { user: doctor.user, password: doctor.password })
  expect((await signIn()).status).toBe(429)
  expect((await admin.office('POST', `/accounts/${doctor.id}/release`)).status).toBe(204)
  expect((await signIn()).status).toBe(200)
  const entry = (await rest.entries()).findLast(({ action }) => action === 'account-release')
  expect(entry).toMatchObject({ actor: { id: admin.id }, details: { account: doctor.id } })
})

test('H-T04, N-03: behind a lock nothing is shown; the password opens it again, under a new secret', async ({
  rest,
}) => {
  const desk = await rest.desk('nurse')
  const before = desk.cookie()
  expect((await desk.office('POST', '/activity')).status).toBe(204)
  expect((await desk.office('POST', '/lock')).status).toBe(204)
  const locked = await desk.office('GET', '/session')
  expect(locked.json).toMatchObject({ locked: true, rights: {}, name: desk.name })
  for (const [method, path, body] of [
    ['POST', '/patients/search', { text: 'zwy' }],
    ['GET', '/patients/recent', undefined],
    ['POST', '/role', { role: 'nurse' }],
    ['POST', '/activity', undefined],
  ] as const)
    expect((await desk.office(method, path, body)).json, path).toMatchObject({ code: 'session-locked' })
  expect((await desk.fhir('GET', '/Patient?family=Zwyssig')).status).toBe(401)

  expect((await desk.office('POST', '/unlock', { password: 'not the password at all' })).json).toMatchObject({
    code: 'sign-in-failed',
  })
  const opened = await desk.office('POST', '/unlock', { password: desk.password })
  expect(opened.json).toMatchObject({ locked: false, rights: { Patient: 'rscu' } })
  expect(desk.cookie()).not.toBe(before)
  expect((await desk.office('POST', '/patients/search', { text: 'zwy' })).status).toBe(200)
  expect((await desk.office('GET', '/session', undefined, { cookie: before })).status).toBe(401)
})

test('W-07, N-06: another role of one’s own is a new secret and other rights; one that is not held is refused', async ({
  rest,
}) => {
  const desk = await rest.desk('clinician', 'privacy-officer')
  const before = desk.cookie()
  const refused = await desk.office('POST', '/role', { role: 'administrator' })
  expect([refused.status, refused.json]).toEqual([
    403,
    expect.objectContaining({ code: 'not-permitted', rule: 'role:not-held', remedy: 'An administrator gives roles.' }),
  ])
  const taken = await desk.office('POST', '/role', { role: 'privacy-officer' })
  expect(taken.json).toMatchObject({ role: 'privacy-officer', home: 'access', roles: ['clinician', 'privacy-officer'] })
  expect(taken.json['rights']?.['Observation']).toBeUndefined()
  expect(taken.json['rights']?.['Patient']).toBe('rs')
  expect((await desk.office('GET', '/session', undefined, { cookie: before })).status).toBe(401)
  expect((await desk.office('POST', '/role', { role: 'clinician' })).json).toMatchObject({ role: 'clinician' })
})

test('N-07: whoever signs out is out at once, here and for anyone who kept the cookie', async ({ rest }) => {
  const desk = await rest.desk('front-desk')
  const kept = desk.cookie()
  expect(kept).toContain(sessionName)
  const out = await desk.office('POST', '/sign-out')
  expect([out.status, out.headers['clear-site-data']]).toEqual([204, '"cache", "storage"'])
  // The workstation stays known; its cookie opens nothing.
  expect(desk.cookie()).toMatch(/^__Host-chartkeep-workstation=[^;]+$/)
  for (const path of ['/session', '/patients/recent'])
    expect((await desk.office('GET', path, undefined, { cookie: kept })).json).toMatchObject({ code: 'not-signed-in' })
})

test('H-A08: an account that is disabled, or whose factor is reset, is out of every session at once', async ({
  rig,
  rest,
}) => {
  const admin = await rest.desk('administrator')
  const nurse = await rest.desk('nurse')
  expect((await admin.office('POST', `/accounts/${nurse.id}/reset-factor`)).status).toBe(204)
  expect((await nurse.office('GET', '/session')).status).toBe(401)
  const back = await openDesk(rig, nurse)
  expect(back.recoveryCodes).toHaveLength(10)
  expect((await admin.office('POST', `/accounts/${nurse.id}/disable`)).status).toBe(204)
  expect((await back.office('GET', '/patients/recent')).status).toBe(401)
  const browser = openBrowser(rig)
  const tried = await browser.office('POST', '/sign-in', { user: nurse.user, password: nurse.password })
  expect(tried.json).toMatchObject({ code: 'sign-in-failed' })
})

test('H-T06: signing in and out, locking, unlocking and changing role each have their entry', async ({ rest }) => {
  const desk = await rest.desk('clinician', 'privacy-officer')
  await desk.office('POST', '/lock')
  await desk.office('POST', '/unlock', { password: desk.password })
  await desk.office('POST', '/role', { role: 'privacy-officer' })
  await desk.office('POST', '/sign-out')
  const did = (await rest.entries()).filter(({ actor }) => actor.id === desk.id).map(({ action }) => action)
  expect(did).toEqual(['sign-in', 'lock', 'unlock', 'take-role', 'sign-out'])
})
