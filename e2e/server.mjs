// @ts-check
import { appendFileSync } from 'node:fs'

// The instance under test, which keeps what it prints: the sign-in link is in there.
const log = process.env.CAIRN_E2E_LOG ?? ''
appendFileSync(log, '')
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream)
  /** @param {[string | Uint8Array, ...any]} args */
  stream.write = (...args) => {
    appendFileSync(log, args[0])
    return write(...args)
  }
}
await import('../start.mjs')
