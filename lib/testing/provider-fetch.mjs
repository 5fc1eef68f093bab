// @ts-check
// Plain JavaScript, because a server under test loads it before its own code.

/** Where GitHub and Google are asked by a server, besides what a browser asks them. */
const HOSTS = ['github.com', 'api.github.com', 'oauth2.googleapis.com', 'www.googleapis.com']

/** Has this process ask a server on this machine instead of these hosts, each below its own name. @param {string} origin @returns {() => void} ends it */
export function askInstead(origin) {
  const real = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    return HOSTS.includes(url.hostname) ? real(`${origin}/${url.hostname}${url.pathname}`, init) : real(input, init)
  }
  return () => {
    globalThis.fetch = real
  }
}

if (process.env.CAIRN_TEST_PROVIDERS) askInstead(process.env.CAIRN_TEST_PROVIDERS)
