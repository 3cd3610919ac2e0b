import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright, type Page } from 'playwright-core'
import { oneTimeCode } from './one-time-code.ts'
import type { Account, Practice } from './practice.ts'

export interface Watched {
  readonly page: Page
  /** What the page complained about: faults, refused scripts or styles, failed loads that no answer explains. */
  readonly complaints: string[]
  /** Every address that was asked for. */
  readonly addresses: string[]
}

export async function launch(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    // As root, and without a display.
    args: ['--no-sandbox', '--headless=shell', '--disable-gpu', '--font-render-hinting=none'],
  })
}

export const desktop = { width: 1440, height: 900 }
export const tablet = { width: 820, height: 1180 }

/** A window of its own, as another workstation would be. */
export async function openWindow(browser: Browser, size = desktop): Promise<Watched> {
  const context = await browser.newContext({ viewport: size, locale: 'en-US', ignoreHTTPSErrors: true })
  const page = await context.newPage()
  const complaints: string[] = []
  const addresses: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => addresses.push(request.url()))
  page.on('console', (message) => {
    const text = message.text()
    // Each answer that is a refusal is noted by the browser too; tests look at refusals on the page.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) complaints.push(text)
  })
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`refused by policy: ${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  return { page, complaints, addresses }
}

/** From the address to the first page, with both factors. */
export async function signIn(page: Page, practice: Practice, account: Account): Promise<void> {
  await page.goto(practice.url)
  await givePassword(page, account)
  const inside = page.getByRole('button', { name: 'Lock', exact: true })
  const declined = page.getByRole('alert').filter({ hasText: 'not right' })
  // Someone else in this run may have used this half minute's code already: each is good for one sign-in.
  for (let attempt = 0; attempt < 2; attempt++) {
    await page.getByLabel('Code', { exact: true }).fill(await oneTimeCode(account.totpSecret))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await inside.or(declined).waitFor()
    if (await inside.isVisible()) return
  }
  throw new Error(`${account.user} could not sign in`)
}

export async function givePassword(page: Page, account: Pick<Account, 'user' | 'password'>): Promise<void> {
  await page.getByLabel('User name').fill(account.user)
  await page.getByLabel('Password').fill(account.password)
  await page.getByRole('button', { name: 'Continue' }).click()
}

/** Chooses a patient by Ctrl K and what would be typed. */
export async function openChart(page: Page, typed: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.keyboard.type(typed)
  await page.getByRole('option').filter({ hasText: 'MRN' }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Patient' }).getByText('MRN').waitFor()
}

export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Chart' }).getByRole('link', { name, exact: true }).click()
}
