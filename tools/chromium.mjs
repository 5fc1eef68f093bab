// @ts-check
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** In a container and as root, Chromium's sandbox does not work. Most of the other flags stop requests that Chromium makes by itself. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Finds the browser for tests: the one in CHROMIUM_PATH, else Playwright's own, else the system's. @returns {string | undefined} */
export function findChromium() {
  const { CHROMIUM_PATH } = process.env
  if (CHROMIUM_PATH && !existsSync(CHROMIUM_PATH))
    throw new Error(`CHROMIUM_PATH is wrong: there is no file ${CHROMIUM_PATH}. Name an existing file, or unset it.`)
  if (CHROMIUM_PATH) return CHROMIUM_PATH
  return [chromium.executablePath(), ...installed].find((file) => existsSync(file))
}

/** Finds a Chromium or installs one: Playwright's, else (as root on Debian) the distribution's. @param {(line: string) => void} say */
export function ensureChromium(say) {
  const found = findChromium()
  if (found) return found
  say('Installing a Chromium for the browser tests …')
  const isRoot = process.getuid?.() === 0
  const isDebian = existsSync('/usr/bin/apt-get')
  const withDeps = isRoot && isDebian ? ['--with-deps'] : []
  attempt(process.execPath, ['node_modules/@playwright/test/cli.js', 'install', ...withDeps, 'chromium'])
  if (!findChromium() && isRoot && isDebian) {
    attempt('apt-get', ['update'])
    attempt('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'])
  }
  const made = findChromium()
  if (made) return made
  throw new Error(
    'There is no Chromium for the browser tests, and none could be installed. Install Chromium or Chrome, or give the path of one: CHROMIUM_PATH=/path/to/chromium npm test',
  )
}

/** @param {string} command @param {string[]} args */
function attempt(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 600_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (status === 0) return
  const end = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-5).join('\n')
  console.error(`"${command} ${args.join(' ')}" failed${error ? `: ${error.message}` : ''}\n${end}`)
}
