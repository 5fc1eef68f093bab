// @ts-check
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { env } from './lib/env.mjs'
import { assertFree } from './tools/port.mjs'
import { assertNode, build, install } from './tools/prepare.mjs'

process.chdir(path.dirname(fileURLToPath(import.meta.url)))
// These write to the terminal even after server.mjs has made the streams its log.
const [say, complain] = [process.stdout.write.bind(process.stdout), process.stderr.write.bind(process.stderr)]
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
  for (const line of await serve({ dev })) say(`${line}\n`)
} catch (error) {
  complain(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
