import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly html: string }[]
}

/**
 * WCAG 2.2 AA, as far as a program can tell, once the screen is there and colours that are changing have changed. The page's
 * policy refuses injected scripts, so axe is evaluated beside it.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await page.locator('main').first().waitFor({ state: 'attached' })
  await page.locator('h1').first().waitFor({ state: 'attached' })
  await page.evaluate(async () => {
    const changing = document.getAnimations().filter((animation) => animation instanceof CSSTransition)
    await Promise.allSettled(changing.map((transition) => transition.finished))
  })
  await page.evaluate(axe)
  const violations = await page.evaluate(async (runOnly) => {
    const { axe: runner } = globalThis as unknown as {
      axe: { run(root: Document, options: { runOnly: string[] }): Promise<{ violations: Violation[] }> }
    }
    return (await runner.run(document, { runOnly })).violations
  }, rules)
  expect(violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html.slice(0, 200)}`)).toEqual([])
}
