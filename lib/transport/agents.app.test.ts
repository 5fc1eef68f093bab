import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { type App, isReady, until } from '@/lib/testing/app'
import { terminate, useApps } from '@/lib/testing/apps'
import { type Reply, replyOf } from '@/lib/testing/client'
import type { Data } from '@/lib/testing/instance'
import { expectPlayed, ownerSecret, planLayers, TOTAL } from '@/lib/testing/layers'

const AGENTS = 30

describe('agents that share a key and have a session each', { timeout: 180_000 }, () => {
  const apps = useApps()
  let app: App
  let secret: string
  let group_id: string
  const calls = new Map<string, number>()
  const refusals: Reply[] = []

  beforeAll(async () => {
    app = await apps.start('agents')
    await until(app, () => isReady(app))
    secret = await ownerSecret(app)
    group_id = (await call('planner', 'POST', '/groups', { name: 'Agents' })).data.group_id
  })

  const call = async (session: string, method: string, path: string, body?: object): Promise<Reply> => {
    const kind = `${method} ${path.replace(/\?.*|(?<=\/)(ms|cp)_\w+|(?<=\/)[0-9a-f-]{36}/g, '…')}`
    calls.set(kind, (calls.get(kind) ?? 0) + 1)
    const headers = {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'x-session-id': session,
      prefer: 'return=minimal',
    }
    const reply = await replyOf(
      await fetch(`${app.origin}/api${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }),
    )
    if (!reply.success) refusals.push(reply)
    return reply
  }

  /** Works until there is nothing left to do and nothing to wait for. Returns the ids of the checkpoints that it completed. */
  const work = async (session: string, number: number): Promise<string[]> => {
    const done: string[] = []
    for (;;) {
      const { data } = await call(session, 'POST', `/groups/${group_id}/claim-next`, {})
      if (data.claim) {
        await sleep(10 + Math.random() * 30)
        const { checkpoint_id } = data.checkpoint
        const path = `/milestones/${data.milestone_id}/checkpoints/${checkpoint_id}/complete`
        await call(session, 'POST', path, { claim_id: data.claim.claim_id })
        done.push(checkpoint_id)
        continue
      }
      const { checkpoints } = data.waiting.claimed
      const awaited: Data = checkpoints[number % Math.max(1, checkpoints.length)]
      if (!awaited) return done
      const [milestone_id] = awaited.ref.split(':')
      await call(session, 'GET', `/wait?milestone_id=${milestone_id}&order=${awaited.checkpoint_id}&until=completed`)
    }
  }

  it('[D1] [L1] play a plan of 300 checkpoints to its end: each is claimed once, nobody is refused, and nobody polls', async () => {
    await planLayers(async (planned) => (await call('planner', 'POST', `/groups/${group_id}/milestones`, planned)).data.milestone_id)
    calls.clear()
    const began = performance.now()
    const done = await Promise.all(Array.from({ length: AGENTS }, (_, at) => work(`agent-${at + 1}`, at)))
    const seconds = (performance.now() - began) / 1_000
    expect(refusals.map(({ error, message }) => `${error}: ${message}`)).toEqual([])
    expect(new Set(done.flat()).size).toBe(TOTAL)
    expect(done.flat()).toHaveLength(TOTAL)
    await expectPlayed(app)

    const made = [...calls.values()].reduce((sum, count) => sum + count, 0)
    const each = [...calls].map(([kind, count]) => `${kind} ${(count / TOTAL).toFixed(2)}`).sort()
    console.log(
      `${AGENTS} agents, ${TOTAL} checkpoints: ${(made / TOTAL).toFixed(2)} calls each in ${seconds.toFixed(1)} s (${each.join(', ')})`,
    )
    // One to claim and one to complete. An agent that finds nothing waits, and then asks again.
    expect(made / TOTAL).toBeLessThan(12)
    await terminate(app)
  })
})
