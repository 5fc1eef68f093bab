import { expect } from './test'

/** Who runs an instance, in a browser. */
export type Owner = { origin: string; cookie: string }

/** Opens the sign-in link that an instance has printed. */
export async function ownerOf({ origin, output }: { origin: string; output(): string }): Promise<Owner> {
  const [link = ''] = /http\S+\/auth\/\S+/.exec(output()) ?? []
  return { origin, cookie: cookieOf(await fetch(link, { redirect: 'manual' })) }
}

export const cookieOf = ({ headers }: Response) => /[^;]*session_token=[^;]*/.exec(headers.getSetCookie().join('\n'))?.[0] ?? ''

type Sent = { headers?: Record<string, string>; by?: string }

/** A call of the API, as the owner in a browser, or with a key. */
export async function call(
  { origin, cookie }: Owner,
  method: string,
  target: string,
  data: object | null = null,
  { headers = {}, by }: Sent = {},
) {
  const who = by === undefined ? { cookie, origin: origin } : { authorization: `Bearer ${by}` }
  const body = data === null ? null : JSON.stringify(data)
  const response = await fetch(`${origin}/api${target}`, {
    method,
    headers: { 'content-type': 'application/json', ...who, ...headers },
    body,
  })
  return { status: response.status, ...(await response.json()) }
}

export async function done(...given: Parameters<typeof call>) {
  const { success, message, data } = await call(...given)
  expect(success, `${given[1]} ${given[2]}: ${message}`).toBe(true)
  return data
}

/** Does something for each of many, a few at once. Returns what came of it, in their order. */
export async function forEach<T, R>(many: readonly T[], work: (one: T, at: number) => Promise<R>, atOnce = 12): Promise<R[]> {
  const results: R[] = []
  const left = [...many.entries()]
  const workers = Array.from({ length: atOnce }, async () => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await work(next[1], next[0])
  })
  await Promise.all(workers)
  return results
}
