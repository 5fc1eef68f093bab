import type { Browser, BrowserContext } from '@playwright/test'
import type { Owner } from './owner'

/** What pages did, which must all stay empty. */
export type Seen = { ran: string[]; violated: string[]; complained: string[] }

/** A context in which the owner is signed in, and in which a page that runs a payload, or would if it might, tells so. */
export async function watched(
  browser: Browser,
  { origin, cookie }: Owner,
  options: { bypassCSP?: boolean } = {},
): Promise<{ context: BrowserContext; seen: Seen }> {
  const context = await browser.newContext({ baseURL: origin, storageState: { cookies: [], origins: [] }, ...options })
  const [name = '', value = ''] = cookie.split(/=(.*)/s)
  await context.addCookies([{ name, value, url: origin }])
  const seen: Seen = { ran: [], violated: [], complained: [] }
  await context.exposeBinding('ran', ({ page }) => void seen.ran.push(page.url()))
  await context.exposeBinding('violated', ({ page }, what: string) => void seen.violated.push(`${what} on ${page.url()}`))
  await context.addInitScript(`window.findForeign = ${findForeign}`)
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
      Reflect.get(window, 'violated')(`${effectiveDirective} ${blockedURI} ${sample}`),
    )
  })
  context.on('console', (message) => {
    if (message.type() === 'error') seen.complained.push(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (problem) => seen.complained.push(String(problem.error())))
  return { context, seen }
}

/**
 * What in the page, or in the source of one, is more than our own pages have: a handler, a foreign script, or an address that leads elsewhere or
 * nowhere. It runs in the browser.
 */
export function findForeign(source: string | null): string[] {
  const parsed = source === null ? document : new DOMParser().parseFromString(source, 'text/html')
  const addresses = ['href', 'src', 'action', 'formaction', 'data', 'xlink:href', 'poster', 'background']
  const faultOf = (element: Element): boolean => {
    if (/^(iframe|object|embed|base|applet|frame|marquee|animate|set|foreignobject|math)$/i.test(element.tagName)) return true
    // The library that draws graphs asks for this link.
    if (element.getAttribute('href') === 'https://reactflow.dev?utm_source=attribution') return false
    if (element.matches('meta[http-equiv], [srcdoc]')) return true
    const src = element.getAttribute('src')
    if (element.matches('script') && !src && !(element instanceof HTMLElement && (element.nonce || element.getAttribute('nonce'))))
      return true
    return [...element.attributes].some(({ name, value }) => {
      if (/^on/i.test(name)) return true
      if (!addresses.includes(name)) return false
      const url = URL.canParse(value, location.href) ? new URL(value, location.href) : null
      return url?.origin !== location.origin
    })
  }
  return [...parsed.querySelectorAll('*')].filter(faultOf).map((element) => element.outerHTML.slice(0, 200))
}

/** Everything that a page says: its texts, and what stands in its fields. */
export function wordsOf(): string {
  const fields = [...document.querySelectorAll('input, textarea')].map((field) => Reflect.get(field, 'value'))
  const labels = [...document.querySelectorAll('[title], [aria-label]')].map((one) => `${one.getAttribute('title')} ${one.ariaLabel}`)
  const plain = (text: string) => text.replace(/[\u2066-\u2069]/g, '')
  return plain([document.title, document.body.textContent, ...fields, ...labels].join('\n'))
}
