import { cookiesOf } from '@/lib/testing/cookies'
import { cpuOf } from './proc'
import type { App } from './server'
import { median } from './statistics'
import { atMost, type Row } from './table'

const OWNER = 'owner@cairn.local'
const PASSWORD = 'seven green lanterns'

const post = async ({ origin }: App, path: string, cookie: string, fields: Record<string, string>): Promise<Response> =>
  fetch(origin + path, { method: 'POST', redirect: 'manual', headers: { origin, cookie }, body: new URLSearchParams(fields) })

/** What signing in by a password costs the process of the app: it derives a key from the password, on purpose with much work. */
export const measureSignIns = async (app: App, cookie: string, times: number): Promise<Row[]> => {
  const set = await post(app, '/auth/password', cookie, { new_password: PASSWORD })
  if (!set.headers.get('location')?.includes('saved=password')) throw new Error(`The password was not set: ${set.headers.get('location')}`)
  const signIn = async () => {
    const answer = await post(app, '/auth/sign-in', '', { email: OWNER, password: PASSWORD })
    if (cookiesOf(answer) === '')
      throw new Error(`The sign-in answered ${answer.status} ${answer.headers.get('location')} without a cookie`)
  }
  await signIn()
  const costs: number[] = []
  for (let at = 0; at < times; at++) {
    const before = cpuOf(app.pid)
    await signIn()
    costs.push(cpuOf(app.pid) - before)
  }
  const note = `of the app, median of ${times}`
  return [{ what: 'a sign-in by a password, in CPU time', unit: 'ms', figure: median(costs), target: atMost(300), note }]
}
