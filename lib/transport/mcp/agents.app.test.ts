import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { type App, isReady, until } from '@/lib/testing/app'
import { terminate, useApps } from '@/lib/testing/apps'
import type { Data } from '@/lib/testing/instance'
import { expectPlayed, ownerSecret, planLayers, TOTAL } from '@/lib/testing/layers'
import { connectAgent, type Revision } from '@/lib/testing/mcp'
import { countTokens } from '@/lib/testing/tokens'

const AGENTS = 30

/** What an answer may cost on average: less than a claim, which is the longest of them. */
const MOST_TOKENS = 200

/** An agent that makes the calls which the answers tell it, and no others, and that goes on as long as they tell it one. */
describe('agents over MCP that share a key', { timeout: 180_000 }, () => {
  const apps = useApps()
  let app: App
  let secret: string
  const calls = new Map<string, number>()
  let tokens = 0

  beforeAll(async () => {
    app = await apps.start('mcp-agents')
    await until(app, () => isReady(app))
    secret = await ownerSecret(app)
  })

  const join = async (revision: Revision) => {
    const agent = await connectAgent(`${app.origin}/mcp`, secret, revision)
    const call = async (tool: string, given: Data): Promise<string> => {
      const { text, isError } = await agent.call(tool, given)
      calls.set(tool, (calls.get(tool) ?? 0) + 1)
      tokens += countTokens(text)
      // Whoever is refused ends the test, because others would wait for what it holds.
      expect(isError, text).toBe(false)
      return text
    }
    return { call, leave: agent.close }
  }

  /** The arguments of a call that an answer tells. */
  const told = (text: string, tool: string): Data | null => {
    const [, given] = new RegExp(`^[a-z ]+: ${tool} (\\{.*\\})$`, 'm').exec(text) ?? []
    return given === undefined ? null : JSON.parse(given)
  }

  /** Works until there is nothing left to do and nothing to wait for. Returns the checkpoints that it completed. */
  const work = async (revision: Revision): Promise<string[]> => {
    const { call, leave } = await join(revision)
    const done: string[] = []
    for (;;) {
      const answer = await call('claim_next', { group: 'agents' })
      const claimed = told(answer, 'complete_checkpoint')
      const awaited = told(answer, 'wait_for')
      if (claimed) {
        // Work takes longer than a call, so that an agent that asked again and again, and did not wait, would be found.
        await sleep(100 + Math.random() * 300)
        await call('complete_checkpoint', claimed)
        done.push(`${claimed.milestone_id}:${claimed.order}`)
      } else if (awaited) {
        await call('wait_for', awaited)
      } else {
        await leave()
        return done
      }
    }
  }

  it('[D1] [L1] play a plan of 300 checkpoints to its end in both eras: each is claimed once, nobody is refused, and it costs little', async () => {
    const planner = await join('2026-07-28')
    await planner.call('create_group', { name: 'Agents', slug: 'agents' })
    await planLayers(async (planned) => {
      const answer = await planner.call('create_milestone', { group: 'agents', ...planned })
      return /^ms_\w+/.exec(answer)?.[0] ?? expect.fail(answer)
    })
    await planner.leave()
    calls.clear()
    tokens = 0

    const began = performance.now()
    const done = await Promise.all(Array.from({ length: AGENTS }, (_, at) => work(at % 2 === 0 ? '2025-11-25' : '2026-07-28')))
    const seconds = (performance.now() - began) / 1_000
    expect(new Set(done.flat()).size).toBe(TOTAL)
    expect(done.flat()).toHaveLength(TOTAL)
    await expectPlayed(app)

    const made = [...calls.values()].reduce((sum, count) => sum + count, 0)
    const each = [...calls].map(([tool, count]) => `${tool} ${(count / TOTAL).toFixed(2)}`).sort()
    console.log(
      `${AGENTS} agents over MCP, ${TOTAL} checkpoints: ${(made / TOTAL).toFixed(2)} calls and ${(tokens / TOTAL).toFixed(0)} tokens read for each in ${seconds.toFixed(1)} s (${each.join(', ')})`,
    )
    // Whoever asks for work gets it, waits, or has nothing left to wait for. How often agents wait depends on the speed of the machine.
    const { claim_next, complete_checkpoint, wait_for = 0 } = Object.fromEntries(calls)
    expect(complete_checkpoint).toBe(TOTAL)
    expect(claim_next).toBe(TOTAL + wait_for + AGENTS)
    expect(wait_for).toBeLessThan(4 * TOTAL)
    expect(tokens / made).toBeLessThanOrEqual(MOST_TOKENS)
    await terminate(app)
  })
})
