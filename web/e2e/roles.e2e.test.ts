// A day of work, one test for each role: what it does here, and what it does not see and why.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible } from './accessible.ts'
import { givePassword, launch, openChart, openTab, openWindow, signIn, type Watched } from './browser.ts'
import { oneTimeCode } from './one-time-code.ts'
import { patientsByResults, somePatient, type Someone } from './patients.ts'
import { picture } from './pictures.ts'
import { accountOf, findPractice, type Practice } from './practice.ts'

let practice: Practice
let browser: Browser

beforeAll(async () => {
  practice = await findPractice()
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await practice?.stop?.()
})

async function arrive(role: string): Promise<Watched> {
  const watched = await openWindow(browser)
  await signIn(watched.page, practice, accountOf(practice, role))
  return watched
}

const patientRegion = (page: Page) => page.getByRole('region', { name: 'Patient' })
const tableNamed = (page: Page, name: string) => page.getByRole('table', { name })
const status = (page: Page) => page.locator('.status-word')

async function expectRefused(page: Page, what: string, rule: string): Promise<void> {
  const panel = page.getByRole('region', { name: `Not shown: ${what}` })
  await panel.waitFor()
  expect(await panel.textContent()).toContain(rule)
}

test('front desk: the day, an arrival, who the patient is, and no clinical content', async () => {
  const { page, complaints } = await arrive('front-desk')
  const board = tableNamed(page, 'Schedule')
  await board.waitFor()
  expect(await board.getByRole('columnheader').allTextContents()).not.toContain('Reason')
  await page.getByText('Reasons for visits are not shown to front desk').waitFor()
  await expectAccessible(page)

  const arriving = board.getByRole('button', { name: /^Arrived: / }).first()
  const name = ((await arriving.getAttribute('aria-label')) ?? '').replace('Arrived: ', '')
  await arriving.click()
  await expect.poll(() => status(page).textContent()).toContain(`${name}: arrived`)
  await board
    .getByRole('button', { name: `Check in: ${name}` })
    .first()
    .waitFor()

  await board.getByRole('link', { name }).first().click()
  await page.getByRole('region', { name: 'Details', exact: true }).waitFor()
  const allergies = patientRegion(page).getByRole('group', { name: 'Allergies' })
  expect(await allergies.textContent()).toContain('Not shown. Clinical records are open to nurses and clinicians.')
  for (const tab of ['Summary', 'Results', 'Problems', 'Medications', 'Notes']) {
    await openTab(page, tab)
    await page.getByText('Rule role:front-desk/clinical').first().waitFor()
  }
  await expectRefused(page, 'notes', 'role:front-desk/clinical')
  await openTab(page, 'Access history')
  await expectRefused(page, 'Access history', 'role:front-desk')
  await expectAccessible(page)
  expect(complaints).toEqual([])
})

test('nurse: vitals as a flowsheet, allergies, and a signed nurse note', async () => {
  const nurse = accountOf(practice, 'nurse')
  const { page, complaints } = await arrive('nurse')
  const [patient] = await patientsByResults(page)
  await openChart(page, patient!.mrn)
  await openTab(page, 'Vitals')
  await page.getByRole('button', { name: 'Systolic pressure' }).click()
  await page.getByRole('slider', { name: /Systolic pressure and Diastolic pressure/ }).waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await openTab(page, 'Allergies')
  await page.getByRole('region', { name: 'Allergies', exact: true }).waitFor()
  await expectAccessible(page)

  await writeNote(page, 'Blood pressure taken twice, sitting, left arm.')
  expect(await page.getByLabel('Kind').inputValue()).toBe('34746-8')
  await page.keyboard.press('Control+Enter')
  await page.getByLabel(/^Password of/).fill(nurse.password)
  await page.keyboard.press('Enter')
  const note = page.getByRole('article', { name: 'Nurse note' })
  await note.getByText('Blood pressure taken twice').waitFor()
  expect(complaints).toEqual([])
})

test('clinician: from a few letters of a name to a signed note, an addendum, and its place in the access history', async () => {
  const clinician = accountOf(practice, 'clinician')
  const { page, complaints } = await arrive('clinician')
  await tableNamed(page, 'Schedule').waitFor()
  await picture(page, 'today')
  const [patient] = await patientsByResults(page)
  const someone: Someone = patient!

  // Given name before family name, and a part of the birth date is enough.
  const [family = '', given = ''] = someone.name.split(', ')
  await page.keyboard.press('Control+k')
  await page.keyboard.type(`${given.split(' ')[0] ?? ''} ${family.slice(0, 4)} ${someone.birthDate}`.toLowerCase())
  await page.getByRole('option', { name: new RegExp(someone.mrn) }).waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await patientRegion(page).getByText(`MRN ${someone.mrn}`).waitFor()
  await page.getByRole('region', { name: 'Problems' }).waitFor()
  await expectAccessible(page)
  await picture(page, 'summary')

  await readResults(page)
  for (const tab of ['Problems', 'Medications', 'Immunisations', 'Visits', 'Documents', 'Details', 'Claims']) {
    await openTab(page, tab)
    await page.locator('main section').first().waitFor()
    await expectAccessible(page)
  }

  await openTab(page, 'Summary')
  await writeNote(page, 'Seen for review. Plan unchanged.')
  await picture(page, 'note')
  await page.reload()
  expect(await page.getByLabel('Text').inputValue()).toBe('Seen for review. Plan unchanged.')
  await page.getByRole('button', { name: 'Sign note' }).click()
  await page.getByLabel(/^Password of/).fill('not the password')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'not right' }).waitFor()
  await expectAccessible(page)
  await page.getByLabel(/^Password of/).fill(clinician.password)
  await page.keyboard.press('Enter')
  const note = page.getByRole('article', { name: 'Progress note' })
  await note.getByText('Seen for review. Plan unchanged.').waitFor()
  expect(await note.getByRole('textbox').count()).toBe(0)
  await expectAccessible(page)

  await note.getByRole('button', { name: 'Add addendum' }).click()
  await page.getByLabel('Text').fill('Result of today: normal.')
  await page.keyboard.press('Control+Enter')
  await page.getByLabel(/^Password of/).fill(clinician.password)
  await page.keyboard.press('Enter')
  await page.getByRole('article', { name: 'Addendum' }).getByText('Addendum to').waitFor()

  await openTab(page, 'Access history')
  const history = tableNamed(page, 'Access history')
  await history.waitFor()
  const said = await history.getByRole('row').allTextContents()
  expect(
    said.filter((row) => row.includes('Added') && row.includes('otes and documents')).length,
  ).toBeGreaterThanOrEqual(2)
  expect(said.some((row) => row.includes('Wrote a draft'))).toBe(true)
  // Each with the rule that decided: of a role, or of the import that brought the record.
  expect(said.slice(1).filter((row) => !row.includes('Refused') && !/(role|job):[a-z-]+/.test(row))).toEqual([])
  await page.getByText(/signed checkpoint/).waitFor()
  await expectAccessible(page)
  await picture(page, 'access')
  expect(complaints).toEqual([])
})

/** The table, what is outside its range, the plot and its values as a table. */
async function readResults(page: Page): Promise<void> {
  await openTab(page, 'Results')
  const results = tableNamed(page, 'Results, newest first')
  await results.waitFor()
  const outside = page.locator('.grid .value[data-flag]').first()
  await outside.waitFor()
  // The sign says the same as the colour, to the eye and to a screen reader.
  expect(await outside.textContent()).toMatch(/(H|L|A|HH|LL|AA)( [↑↓⇈⇊])?(critically )?(high|low|abnormal)/)
  await results.getByRole('button', { name: 'Glucose' }).first().click()
  const plot = page.getByRole('slider', { name: /Glucose/ })
  await plot.focus()
  await page.keyboard.press('ArrowLeft')
  expect(await plot.getAttribute('aria-valuetext')).toMatch(/\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d: \d/)
  await expectAccessible(page)
  await picture(page, 'results')
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await tableNamed(page, 'Values of Glucose').waitFor()
  await page.keyboard.press('Escape')
}

async function writeNote(page: Page, text: string): Promise<void> {
  await page.keyboard.press('n')
  await page.getByLabel('Text').waitFor()
  await page.keyboard.type(text)
  await page.getByText(/^Saved \d\d:\d\d$/).waitFor()
}

test('biller: a patient, coverage and claims, and no notes', async () => {
  const { page, complaints } = await arrive('biller')
  await page.getByRole('heading', { name: 'Billing' }).waitFor()
  await page.getByLabel('Find a patient').fill((await somePatient(page)).name)
  await page.getByRole('list', { name: 'Patients' }).getByRole('link').first().waitFor()
  await expectAccessible(page)
  await page.getByLabel('Find a patient').press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Claims', exact: true }).waitFor()
  await page.getByRole('region', { name: 'Coverage', exact: true }).waitFor()
  await expectAccessible(page)
  await openTab(page, 'Notes')
  await expectRefused(page, 'notes', 'role:biller/clinical')
  expect(complaints).toEqual([])
})

test('privacy officer: who opened a patient, what a person opened, and no chart', async () => {
  const { page, complaints } = await arrive('privacy-officer')
  await page.getByLabel('Find a patient').fill((await somePatient(page)).name)
  await page.getByRole('list', { name: 'Patients' }).getByRole('link').first().click()
  await tableNamed(page, 'Access history').waitFor()
  await openTab(page, 'Problems')
  await expectRefused(page, 'problems', 'role:privacy-officer/clinical')

  await page.getByRole('link', { name: 'Access', exact: true }).click()
  await page.getByRole('button', { name: 'What a person opened' }).click()
  const people = page.getByLabel('Person')
  await people.waitFor()
  // Looking is recorded as well: what the officer has just done stands under the officer's own name.
  const officer = await people.locator('option', { hasText: 'Privacy officer' }).first().textContent()
  await people.selectOption({ label: officer ?? '' })
  const opened = tableNamed(page, 'What this person opened')
  await opened.waitFor()
  expect((await opened.getByRole('row').allTextContents()).join()).toContain('Looked at the access history')
  await expectAccessible(page)
  await page.getByRole('link', { name: 'System', exact: true }).click()
  await page.getByText('Every entry is covered by a signed checkpoint.').waitFor()
  await expectAccessible(page)
  expect(complaints).toEqual([])
})

test('administrator: a new account, which sets up its second factor at the first sign-in; and no patient', async () => {
  const { page, complaints } = await arrive('administrator')
  await page.getByRole('link', { name: 'Accounts', exact: true }).click()
  await tableNamed(page, 'Accounts').waitFor()
  await page.getByRole('button', { name: 'Account', exact: true }).click()
  const person = { user: `e2e${process.pid}`, password: 'lantern quarry mosaic 57' }
  await page.getByLabel('Name', { exact: true }).fill('Robin Castellanos')
  await page.getByLabel('User name').fill(person.user)
  await page.getByLabel('First password').fill(person.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByText('Choose at least one role.').waitFor()
  await page.getByLabel('Nurse').check()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create account' }).click()
  const row = tableNamed(page, 'Accounts').getByRole('row').filter({ hasText: person.user })
  await row.getByText('At first sign-in').waitFor()
  await picture(page, 'accounts')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('an')
  expect(await page.getByRole('option').filter({ hasText: 'MRN' }).count()).toBe(0)
  await page.keyboard.press('Escape')

  const { page: phone } = await openWindow(browser)
  await phone.goto(practice.url)
  await expectAccessible(phone)
  await givePassword(phone, person)
  await phone.getByRole('img', { name: /QR code/ }).waitFor()
  await expectAccessible(phone)
  const secret = (await phone.locator('.enrol-secret').textContent()) ?? ''
  await phone.getByLabel('Code', { exact: true }).fill(await oneTimeCode(secret))
  await phone.keyboard.press('Enter')
  await phone.getByRole('heading', { name: 'Keep these codes on paper' }).waitFor()
  expect(await phone.locator('.recovery li').count()).toBeGreaterThanOrEqual(8)
  await expectAccessible(phone)
  await phone.getByRole('button', { name: 'I have written them down' }).click()
  await tableNamed(phone, 'Schedule').waitFor()

  // After wrong passwords an account is released, by the keyboard alone.
  await page.reload()
  const release = row.getByRole('button', { name: 'Release Robin Castellanos' })
  await release.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Let Robin Castellanos try to sign in again' }).waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await release.waitFor()

  // Disabled, the account is out at once.
  await row.getByRole('button', { name: /^Disable/ }).click()
  await page.getByRole('button', { name: 'Disable Robin Castellanos now' }).click()
  await row.getByText('Disabled').waitFor()
  await phone.getByRole('link', { name: 'Patients' }).click()
  await phone.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(complaints).toEqual([])
})
