// What must hold whoever works here: nothing of a patient outlives a lock, two patients never mix, nothing leaks.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible } from './accessible.ts'
import { desktop, launch, openChart, openTab, openWindow, signIn, tablet, type Watched } from './browser.ts'
import { patientsByResults, type Someone } from './patients.ts'
import { type Account, accountOf, findPractice, type Practice } from './practice.ts'

let practice: Practice
let browser: Browser
let clinician: Account
let watched: Watched
let page: Page
let patients: readonly Someone[]

beforeAll(async () => {
  practice = await findPractice()
  browser = await launch()
  clinician = accountOf(practice, 'clinician')
  watched = await openWindow(browser)
  page = watched.page
  await signIn(page, practice, clinician)
  patients = await patientsByResults(page)
})
afterAll(async () => {
  await browser?.close()
  await practice?.stop?.()
})

const patientRegion = () => page.getByRole('region', { name: 'Patient' })

async function unlock(): Promise<void> {
  await page.getByLabel('Password').fill(clinician.password)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Lock', exact: true }).waitFor()
}

/** Everything that a person, or a program in the page, could read after the lock. */
async function remains(): Promise<string> {
  return page.evaluate(() =>
    [document.documentElement.outerHTML, document.title, JSON.stringify({ ...localStorage, ...sessionStorage })].join(
      '\n',
    ),
  )
}

describe('a locked screen', () => {
  test('holds nothing of the patient, and the password brings back the same place, text and cursor', async () => {
    const someone = patients[0]!
    await openChart(page, someone.mrn)
    await openTab(page, 'Visits')
    await page.getByRole('table', { name: 'Visits and procedures' }).waitFor()
    await page.locator('#main').evaluate((main) => main.scrollTo(0, 240))
    await page.keyboard.press('n')
    await page.getByLabel('Text').waitFor()
    await page.keyboard.type('Told about the plan for winter')
    for (let back = 0; back < 7; back++) await page.keyboard.press('ArrowLeft')
    const address = page.url()
    const top = await page.locator('#main').evaluate((main) => main.scrollTop)
    expect(top).toBeGreaterThan(100)
    await page.keyboard.press('Alt+l')
    await page.getByRole('heading', { name: 'Locked' }).waitFor()
    const left = await remains()
    const [family = ''] = someone.name.split(', ')
    for (const trace of [family, someone.mrn, someone.birthDate, 'plan for winter']) expect(left).not.toContain(trace)
    await expectAccessible(page)

    await page.getByLabel('Password').fill('not the password')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'not right' }).waitFor()
    await unlock()
    expect(page.url()).toBe(address)
    const text = page.getByLabel('Text')
    await text.waitFor()
    expect(await text.inputValue()).toBe('Told about the plan for winter')
    expect(await text.evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(
      'Told about the plan for'.length,
    )
    await expect.poll(() => page.locator('#main').evaluate((main) => main.scrollTop)).toBe(top)
    await page.getByRole('button', { name: 'Discard draft' }).click()
    await page.getByRole('button', { name: 'Discard for good' }).click()
    await page.getByLabel('Text').waitFor({ state: 'detached' })
  })

  test('stays locked when the page is loaded again, and nothing is asked for before the password', async () => {
    await page.getByRole('button', { name: 'Lock', exact: true }).click()
    await page.getByRole('heading', { name: 'Locked' }).waitFor()
    await expect.poll(() => page.evaluate(() => localStorage.length), { timeout: 20_000 }).toBe(0)
    const before = watched.addresses.length
    await page.reload()
    await page.getByRole('heading', { name: 'Locked' }).waitFor()
    const asked = watched.addresses.slice(before).map((address) => new URL(address).pathname)
    expect(asked.filter((path) => path.startsWith('/office'))).toEqual(['/office/session'])
    await unlock()
  })

  test('stays locked when the page is loaded again before the server has heard of the lock', async () => {
    // The first request never arrives: the reload takes it back.
    await page.route('**/office/lock', () => undefined, { times: 1 })
    await page.getByRole('button', { name: 'Lock', exact: true }).click()
    await page.getByRole('heading', { name: 'Locked' }).waitFor()
    const before = watched.addresses.length
    await page.reload()
    await page.getByRole('heading', { name: 'Locked' }).waitFor()
    const asked = watched.addresses.slice(before).map((address) => new URL(address).pathname)
    expect(asked.filter((path) => path.startsWith('/office'))).toEqual(['/office/lock', '/office/session'])
    await unlock()
  })

  test('locks every window of the same browser', async () => {
    const second = await page.context().newPage()
    await second.goto(practice.url)
    await second.getByRole('button', { name: 'Lock', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Lock', exact: true }).click()
    await second.getByRole('heading', { name: 'Locked' }).waitFor()
    expect(await second.getByRole('navigation').count()).toBe(0)
    await unlock()
    await second.getByRole('button', { name: 'Lock', exact: true }).waitFor()
    await second.close()
  })
})

test('opening another patient leaves nothing of the first on the screen', async () => {
  const [first, second] = patients as [Someone, Someone]
  await openChart(page, first.mrn)
  await patientRegion().getByText(`MRN ${first.mrn}`).waitFor()
  await openChart(page, second.mrn)
  await patientRegion().getByText(`MRN ${second.mrn}`).waitFor()
  expect(await patientRegion().count()).toBe(1)
  await page.getByRole('navigation', { name: 'Chart' }).waitFor()
  expect(await page.locator('.chart').textContent()).not.toContain(first.mrn)
})

test('a note that someone else signs appears without loading the page again', async () => {
  const someone = patients[0]!
  await openChart(page, someone.mrn)
  await openTab(page, 'Notes')
  await page.locator('main').getByRole('region', { name: 'Notes' }).waitFor()
  await page.getByText('Live', { exact: true }).waitFor()

  const nurse = accountOf(practice, 'nurse')
  const { page: elsewhere } = await openWindow(browser)
  await signIn(elsewhere, practice, nurse)
  await openChart(elsewhere, someone.mrn)
  await elsewhere.keyboard.press('n')
  const title = `Phone call ${Date.now()}`
  await elsewhere.getByLabel('Title').fill(title)
  await elsewhere.getByLabel('Text').fill('Asked for a refill.')
  await elsewhere.keyboard.press('Control+Enter')
  await elsewhere.getByLabel(/^Password of/).fill(nurse.password)
  await elsewhere.keyboard.press('Enter')
  await elsewhere.getByRole('article', { name: title }).waitFor()

  await page.getByRole('row').filter({ hasText: title }).waitFor()
  await expect.poll(() => page.locator('.status-word').textContent()).toContain('changed by someone else')
})

test('when the server is away the page says so, keeps what is typed, and saves it when it is back', async () => {
  await openChart(page, patients[1]!.mrn)
  await page.keyboard.press('n')
  await page.getByLabel('Text').waitFor()
  await page.context().setOffline(true)
  await page.keyboard.type('Typed without a network')
  await page.getByText(/^Not saved yet/).waitFor()
  await page.getByRole('alert').filter({ hasText: 'Offline since' }).waitFor()
  await page.context().setOffline(false)
  await page.getByText(/^Saved \d\d:\d\d$/).waitFor()
  await page.getByRole('alert').filter({ hasText: 'Offline since' }).waitFor({ state: 'detached' })
  await page.reload()
  expect(await page.getByLabel('Text').inputValue()).toBe('Typed without a network')
  await page.getByRole('button', { name: 'Discard draft' }).click()
  await page.getByRole('button', { name: 'Discard for good' }).click()
})

test('with the keyboard alone: from a list to a chart, through its activities, to a signed note and the lock', async () => {
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.getByRole('table', { name: 'Schedule' }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).getByText('Next row').waitFor()
  await page.keyboard.press('Escape')
  await openChart(page, patients[2]!.mrn)
  for (const [key, name] of [
    ['p', 'Problems'],
    ['m', 'Medications'],
    ['i', 'Immunisations'],
  ] as const) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await page.getByRole('navigation', { name: 'Chart' }).locator(`a[aria-current=page]:text-is("${name}")`).waitFor()
  }
  await page.keyboard.press('n')
  await page.getByLabel('Text').waitFor()
  await page.keyboard.type('Written and signed by keyboard.')
  await page.keyboard.press('Control+Enter')
  await page.getByLabel(/^Password of/).waitFor()
  await page.keyboard.type(clinician.password)
  await page.keyboard.press('Enter')
  await page.getByRole('article').getByText('Written and signed by keyboard.').waitFor()
  await page.keyboard.press('Escape')
  // The list stands while its notes are opened and closed: the row under the keyboard stays.
  const onRow = () => page.evaluate(() => document.activeElement?.matches('main [data-row]'))
  await page.keyboard.press('j')
  expect(await onRow()).toBe(true)
  for (const [key, state] of [
    ['Enter', 'visible'],
    ['Escape', 'detached'],
    ['Enter', 'visible'],
  ] as const) {
    await page.keyboard.press(key)
    await page.getByRole('article').waitFor({ state })
    expect(await onRow()).toBe(true)
  }
  await page.keyboard.press('Alt+l')
  await page.getByRole('heading', { name: 'Locked' }).waitFor()
  await unlock()
})

test('a list stays where it was while its notes are read, and the way back leads to the row', async () => {
  const main = page.getByRole('main')
  const last = page.locator('main tbody tr:last-child')
  const atLast = () =>
    last.evaluate((row) => {
      const [{ bottom }, frame] = [row.getBoundingClientRect(), row.closest('main')!.getBoundingClientRect()]
      return row === document.activeElement && bottom > frame.top && bottom <= frame.bottom + 1
    })
  for (const { width } of [desktop, tablet]) {
    await page.setViewportSize({ width, height: 420 })
    await openChart(page, patients[0]!.mrn)
    await openTab(page, 'Notes')
    await page.getByRole('table', { name: 'Notes' }).waitFor()
    expect(await main.evaluate((element) => element.scrollHeight > 2 * element.clientHeight)).toBe(true)
    await page.keyboard.press('j')
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    const note = page.getByRole('article')
    await note.waitFor()
    if (width === desktop.width) expect(await atLast()).toBe(true)
    const below = (await note.boundingBox())!.y - (await main.boundingBox())!.y
    expect(Math.abs(below)).toBeLessThan(40)
    await note.getByRole('button', { name: 'Close' }).click()
    await expect.poll(atLast).toBe(true)
  }
  await page.setViewportSize(desktop)
})

test('on a tablet nothing is lost: no page is wider than the screen, and the note covers the chart, not the banner', async () => {
  const fits = () =>
    page.evaluate(() =>
      [document.documentElement, document.querySelector('main')!].map((part) => part.scrollWidth - part.clientWidth),
    )
  await page.setViewportSize(tablet)
  await page.goto(`${practice.url}/today`)
  await page.getByRole('table', { name: 'Schedule' }).waitFor()
  expect(await fits(), 'Today').toEqual([0, 0])
  await openChart(page, patients[0]!.mrn)
  const tabs = await page.getByRole('navigation', { name: 'Chart' }).getByRole('link').allTextContents()
  expect(tabs.length).toBeGreaterThan(10)
  for (const tab of tabs) {
    await openTab(page, tab)
    await page.locator('main section').first().waitFor()
    expect(await fits(), tab).toEqual([0, 0])
  }
  await page.keyboard.press('n')
  await page.getByLabel('Text').waitFor()
  expect(await patientRegion().isVisible()).toBe(true)
  expect((await page.getByRole('complementary', { name: 'Note' }).boundingBox())?.width).toBe(tablet.width)
  await page.keyboard.press('Escape')
  await page.setViewportSize(desktop)
})

test('no address says anything about a patient, nothing is kept in the browser, nothing comes from elsewhere', async () => {
  const { addresses, complaints } = watched
  const origin = new URL(practice.url).origin
  expect(addresses.filter((address) => new URL(address).origin !== origin)).toEqual([])
  const words = patients.flatMap(({ name, mrn, birthDate }) => [
    ...name.split(/, | /).filter((part) => part.length > 3),
    mrn,
    birthDate,
  ])
  const today = new Date().toISOString().slice(0, 10)
  const telling = addresses
    .map((address) => decodeURIComponent(address.slice(origin.length)).replaceAll(today, ''))
    .filter((address) => words.some((word) => address.toLowerCase().includes(word.toLowerCase())))
  expect(telling).toEqual([])
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, ''])
  expect(await page.title()).toBe('Chartkeep')
  expect(complaints).toEqual([])
})

test('signing out ends the session in every window, and the way back shows nothing', async () => {
  await openChart(page, patients[0]!.mrn)
  await page.getByRole('button', { name: new RegExp('until') }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goBack().catch(() => undefined)
  await page.waitForTimeout(300)
  expect(await remains()).not.toContain(patients[0]!.mrn)
})
