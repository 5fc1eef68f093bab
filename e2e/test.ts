import { test as base, expect, type Page } from '@playwright/test'

type Fixtures = {
  /** Errors on the console of the test's pages so far; any that is left at the end fails the test. Who provokes one takes it out. */
  complaints: string[]
  /** Whether a page that is gone to is waited for until React has taken it over; `false` where the scripts are held back. */
  waitsForScripts: boolean
  /** An agent's API key, made with `npm run key`. */
  key: string
}

/** Pages are signed in as the owner; `test.use({ storageState: { cookies: [], origins: [] } })` for a stranger's. */
export const test = base.extend<Fixtures>({
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = []
      context.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`)
      })
      context.on('weberror', (problem) => complaints.push(String(problem.error())))
      await use(complaints)
      expect(complaints, 'errors on the console').toEqual([])
    },
    { auto: true },
  ],
  waitsForScripts: [true, { option: true }],
  page: async ({ page, javaScriptEnabled, waitsForScripts }, use) => {
    async function whenTakenOver<T>(loaded: Promise<T>) {
      const response = await loaded
      await takenOver(page)
      return response
    }
    if (javaScriptEnabled !== false && waitsForScripts) {
      const { goto, reload } = page
      // Whoever does not wait for the page does not wait for its scripts either.
      page.goto = (url, options) =>
        options?.waitUntil === 'commit' ? goto.call(page, url, options) : whenTakenOver(goto.call(page, url, options))
      page.reload = (...options) => whenTakenOver(reload.apply(page, options))
    }
    await use(page)
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the first parameter's names, and wants it destructured.
  key: async ({}, use) => {
    const { CAIRN_E2E_KEY } = process.env
    if (!CAIRN_E2E_KEY) throw new Error('e2e/setup.ts made no key')
    await use(CAIRN_E2E_KEY)
  },
})

/**
 * Waits until React has taken over the forms of a page. Before that, the browser posts a form by itself and loads the page again, which the
 * tests without JavaScript are about; a busy machine must not decide which of the two a test meets.
 */
async function takenOver(page: Page): Promise<void> {
  await page.waitForFunction(
    () => [...document.forms].every((form) => Object.keys(form).some((property) => property.startsWith('__reactProps$'))),
    undefined,
    { polling: 50 },
  )
}

/** Takes out that a request failed, of which the browser itself complains. */
export function withoutFailedLoads(complaints: string[]): void {
  complaints.splice(0, Infinity, ...complaints.filter((text) => !text.startsWith('Failed to load resource')))
}

/** The browser tells a page that the person came back to it, which then asks the server for what is new. */
export async function comeBack(page: Page): Promise<void> {
  // A page that has only just come may not listen yet.
  await page.waitForLoadState('networkidle')
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
}

export { expect }
