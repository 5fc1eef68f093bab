// @ts-check
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { env } from './lib/env.mjs'
import { assertFree } from './tools/port.mjs'
import { assertNode, build, install } from './tools/prepare.mjs'

process.chdir(path.dirname(fileURLToPath(import.meta.url)))
const dev = process.argv.includes('--dev')

try {
  assertNode()
  const { port, host } = env()
  await assertFree(port, host)
  await install(console.log)
  if (!dev) await build(console.log)
  Reflect.set(process.env, 'NODE_ENV', dev ? 'development' : 'production')
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  const { serve } = await import('./server.mjs')
  // Not by the console, which is the log from now on: these lines are for a person and have a link that signs in.
  for (const line of await serve({ dev })) process.stdout.write(`${line}\n`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
