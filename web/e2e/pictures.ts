import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { desktop, tablet } from './browser.ts'

/** With CHARTKEEP_PICTURES, a folder: the page at the width of a desk and of a tablet, for the README. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['CHARTKEEP_PICTURES']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  for (const size of [tablet, desktop]) {
    await page.setViewportSize(size)
    await page.waitForTimeout(400)
    await page.screenshot({ path: join(folder, `${name}-${size.width}.png`) })
  }
}
