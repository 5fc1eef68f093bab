import { describe, expect, it } from 'vitest'
import { claimCheckpoint, createKey, createMilestone, listAgentProfiles, revokeKey } from '@/lib/operations'
import { agentKey, restAs } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'

describe('the agents of a group', () => {
  const test = useInstance()

  it('are listed with their live keys, what they hold, and by which of their keys they called last', async () => {
    const group_id = await makeGroup(test)
    const [busy, idle] = [await agentKey(test, group_id, 'Busy'), await agentKey(test, group_id, 'Idle')]
    const keyOf = async (name: string) => (await test.run(createKey, { group_id, agent_profile_id: busy.actor.actor_id, name })).data
    const [second, revoked] = [await keyOf('Second'), await keyOf('Revoked')]
    await test.run(revokeKey, { key_id: revoked.key_id })
    const { data: plan } = await test.run(createMilestone, {
      group_id,
      title: 'Plan',
      checkpoints: ['One', 'Two', 'Three'].map((title) => ({ title })),
    })
    const { milestone_id } = plan
    for (const [order, ttl_seconds] of [
      [3, 600],
      [1, 1_200],
    ])
      await test.run(claimCheckpoint, { milestone_id, order, ttl_seconds }, busy.actor)
    // Which of the two was used last is what the list says.
    for (const [secret, client] of [
      [busy.secret, 'first/1'],
      [second.secret, 'second/2'],
    ])
      await restAs(test, secret)('GET', '/groups', undefined, { 'user-agent': client })

    const agents = async () => (await test.run(listAgentProfiles, { group_id })).data.agents
    await expect.poll(async () => (await agents())[0].last_client).toBe('second/2')
    expect(await agents()).toMatchObject([
      { agent_profile_id: busy.actor.actor_id, key_count: 2, held: [`${milestone_id}:3`, `${milestone_id}:1`] },
      { agent_profile_id: idle.actor.actor_id, key_count: 1, held: [], last_used_at: null, last_client: null },
    ])
  })
})
