import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/domain/context'
import { createMilestone } from '@/lib/operations'
import { execute } from '@/lib/operations/execute'
import { createGroup } from '@/lib/operations/groups'
import { ensureOwner } from '@/lib/operations/setup'
import { type EmbeddedPostgres, startEmbedded } from './embedded/server'
import { type Instance, openInstance } from './instance'
import { migrate } from './migrate'

// Only root can mount a file system that is small enough to be filled.
const disk = mkdtempSync(path.join(tmpdir(), 'cairn-disk-'))
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=320m,mode=755', 'tmpfs', disk]).status === 0
const filler = path.join(disk, 'filler')

afterAll(() => {
  if (mounted) spawnSync('umount', ['--lazy', disk])
  rmSync(disk, { recursive: true, force: true })
})

/** Writes until nothing more fits. */
const fill = () => {
  const file = openSync(filler, 'w')
  let size = 1_048_576
  while (size >= 4_096) {
    try {
      writeSync(file, Buffer.alloc(size))
    } catch {
      size /= 2
    }
  }
  closeSync(file)
}

describe.skipIf(!mounted)('[H2] a full disk', () => {
  let server: EmbeddedPostgres
  let instance: Instance
  let actor: Actor
  let group_id: string
  beforeAll(async () => {
    chmodSync(disk, 0o755)
    server = await startEmbedded(path.join(disk, 'data'))
    await migrate(server.ownerUrl)
    instance = await openInstance(server.appUrl, 'http://cairn.test')
    const { principal_id } = await ensureOwner(instance)
    actor = { actor_id: principal_id, key_id: null, session_id: null, via: 'web' }
    group_id = JSON.parse((await execute(instance, createGroup, { input: { name: 'Backend' }, actor })).data).group_id
  })
  afterAll(async () => {
    await instance.close()
    await server.stop()
  })

  const plan = { title: 'Large', checkpoints: Array.from({ length: 50 }, () => ({ title: 'One', description: 'x'.repeat(2_000) })) }
  const make = () => execute(instance, createMilestone, { input: { group_id, ...plan }, actor })

  it('is told until there is space again, even if a small change would still find some', async () => {
    await make()
    fill()
    await expect(async () => {
      for (;;) await make()
    }).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(/disk is full/) })
    for (let look = 0; look < 15; look++) {
      await sleep(100)
      expect(instance.lane.presentFault?.cause).toMatch(/disk is full/)
    }
    rmSync(filler)
    await expect.poll(() => instance.lane.presentFault).toBeNull()
    expect((await make()).changed).toBe(true)
  })
})
