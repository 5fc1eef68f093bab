import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type FullConfig } from '@playwright/test'

/** Signs the owner in by the link that the server prints, and makes a key as `npm run key` does; both are kept for all tests. */
export default async function setup(config: FullConfig): Promise<void> {
  const folder = process.env.CAIRN_E2E_DIR ?? ''
  const link = await findLink(path.join(folder, 'server.log'))
  const browser = await chromium.launch(config.projects[0]?.use.launchOptions)
  try {
    const page = await browser.newPage()
    await page.goto(link)
    // The link may ask for a press of a button, so that a mail program that looks at it does not use it up.
    if (isSignIn(new URL(page.url()))) await page.getByRole('button').first().click()
    await page.waitForURL((url) => !isSignIn(url))
    await page.context().storageState({ path: path.join(folder, 'owner.json') })
  } finally {
    await browser.close()
  }
  process.env.CAIRN_E2E_KEY = makeKey()
}

const isSignIn = (url: URL) => url.pathname.startsWith('/sign-in')

async function findLink(log: string): Promise<string> {
  for (let waited = 0; waited < 30_000; waited += 100) {
    const link = readFileSync(log, 'utf8').match(/https?:\/\/\S*token=\S+/)?.[0]
    if (link) return link
    await sleep(100)
  }
  throw new Error(`The server printed no sign-in link. It said:\n${readFileSync(log, 'utf8')}`)
}

function makeKey(): string {
  const output = execFileSync('npm', ['run', '-s', 'key', '--', '--name', 'e2e'], { encoding: 'utf8' })
  const key = output.match(/sk_live_\w+/)?.[0]
  if (!key) throw new Error(`"npm run key" printed no key. It said:\n${output}`)
  return key
}
