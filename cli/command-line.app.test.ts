import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, isReady, until } from '@/lib/testing/app'
import { useApps } from '@/lib/testing/apps'
import { Shell } from '@/lib/testing/shell'
import { VERSION } from '@/lib/transport/version'

const run = promisify(execFile)
const WITHIN = { interval: 50 }

describe('the command line that a server hands out', { timeout: 180_000 }, () => {
  const apps = useApps()
  let app: App
  let shell: Shell
  let secret: string

  beforeAll(async () => {
    app = await apps.start('handing-out')
    await until(app, () => isReady(app))
    const variables = {
      ...process.env,
      CAIRN_DATA_DIR: app.dataDir,
      DATABASE_URL: 'embedded',
      CAIRN_URL: app.origin,
      PORT: String(app.port),
    }
    secret = (await run('npm', ['run', '-s', 'key', '--', '--name', 'shell'], { env: variables })).stdout.trim()
    shell = await new Shell().download(app.origin)
  })
  afterAll(() => shell.leave())

  it('is the same for everybody, needs no credentials, and is kept by its ETag', async () => {
    const first = await fetch(`${app.origin}/cli`)
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-cache',
    })
    const text = await first.text()
    expect(text).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(text).not.toMatch(/^(import|export) |sk_live_u_[a-z2-7]{38}/m)
    const etag = first.headers.get('etag') ?? ''
    expect((await fetch(`${app.origin}/cli`, { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await fetch(`${app.origin}/cli`, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    const head = await fetch(`${app.origin}/cli`, { method: 'HEAD' })
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, ''])
    expect((await shell.run(['--version'])).out).toContain(`cairn ${VERSION}+`)
    expect(JSON.parse(readFileSync('package.json', 'utf8')).version).toBe(VERSION)
  })

  it('has the address by which the server was called', async () => {
    const called = `http://localhost:${app.port}`
    const other = await new Shell().download(called)
    expect(await other.run(['groups'])).toMatchObject({ exit: 4, err: expect.stringContaining(`cairn login ${called}`) })
    expect(await shell.run(['groups'])).toMatchObject({ exit: 4, err: expect.stringContaining(`cairn login ${app.origin}`) })
    await other.leave()
  })

  it('works over a restart of the server, in calls, in what it follows and as a bridge', async () => {
    expect(await shell.run(['login'], { input: secret })).toMatchObject({ exit: 0, err: '' })
    expect(await shell.run(['create-group', '--name', 'Shell'])).toMatchObject({
      exit: 0,
      out: expect.stringContaining('you are its owner'),
    })
    const plan = '[{"title":"Design"},{"title":"Build","depends_on":[1]}]'
    const made = await shell.run(['create-milestone', 'shell', '--title', 'Plan', '--checkpoints', plan])
    const milestone = made.out.split(' ')[0] ?? ''
    const following = shell.start(['events', '--follow', '--after', '0', '--milestone', milestone])
    const bridge = shell.start(['mcp'])
    const call = (id: number) => bridge.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list' })}\n`)
    call(1)
    await expect.poll(bridge.out, WITHIN).toContain('"id":1')
    await expect.poll(following.out, WITHIN).toContain('milestone.created')
    const { dataDir, port } = app
    app.child.kill('SIGTERM')
    expect(await app.ended).toBe(0)
    call(2)
    const completing = shell.run(['complete', milestone, '1', '--retry-seconds', '60'])
    app = await apps.start('handing-out', { PORT: String(port), CAIRN_URL: `http://127.0.0.1:${port}` })
    expect(app.dataDir).toBe(dataDir)
    expect(await completing).toMatchObject({ exit: 0, out: expect.stringContaining('1/2') })
    await expect.poll(following.out, WITHIN).toContain('checkpoint.completed')
    expect(following.out().match(/milestone\.created/g)).toHaveLength(1)
    await expect.poll(bridge.out, WITHIN).toContain('"id":2')
    bridge.child.stdin.end()
    expect(await bridge.ended).toMatchObject({ exit: 0 })
  })
})
