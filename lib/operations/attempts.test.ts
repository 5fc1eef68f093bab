import { describe, expect, it } from 'vitest'
import { loadWhole } from '@/db/whole'
import { claimOf } from '@/lib/domain/attempt'
import { record } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { expectSound } from '@/lib/testing/soundness'
import { watch } from '@/lib/testing/watch'
import { claimCheckpoint, completeCheckpoint, failCheckpoint, releaseCheckpoint, retryCheckpoint, withdrawCheckpoint } from '.'
import type { Operation } from './define'

describe('attempts at a checkpoint', () => {
  const test = useInstance()

  it('[L1] [N1] [E2] are stored, loaded and replayed the same after each kind of event', async () => {
    const group_id = await makeGroup(test)
    const { milestone_id, project_id, checkpoints } = await makeMilestone(test, group_id, { A: [], B: ['A'], C: ['B'] })
    const agent = await test.agent(group_id, 'Ada')
    const [{ checkpoint_id }] = checkpoints
    const address = { milestone_id, order: 1 }
    const met: string[] = []
    const sound = async () => {
      await expectSound(test.instance)
      const client = await test.instance.pool.connect()
      try {
        const row = (await loadWhole(client, test.instance.workspace_id)).find('checkpoint', checkpoint_id)
        return row ?? expect.fail('the checkpoint is gone')
      } finally {
        client.release()
      }
    }
    const step = async (operation: Operation, more: object = {}, actor = agent) => {
      await test.instance.pool.query(`update workspaces set head = 'elsewhere'`)
      const { types } = await watch(test, operation, { ...address, ...more }, actor)
      met.push(...types)
      return sound()
    }
    const ttl_seconds = 60
    const taken = await step(claimCheckpoint, { ttl_seconds })
    expect(claimOf(taken)).toMatchObject({ held_by: agent.actor_id, session_id: agent.session_id, via: 'mcp', attempt: 1 })
    const renewed = await step(claimCheckpoint, { ttl_seconds: 600 })
    expect(claimOf(renewed)).toEqual({ ...claimOf(taken), expires_at: renewed.claim_expires_at })
    expect(await step(releaseCheckpoint)).toMatchObject({ claim_id: null, attempts: 1, failures: 0 })
    const failed = await step(failCheckpoint, { reason: 'The tests are red' })
    expect(failed).toMatchObject({
      attempts: 2,
      failures: 1,
      last_failure: { reason: 'The tests are red', by: agent.actor_id, attempt: 2 },
    })
    // No lease is short enough for a test to wait for its end.
    const expires_at = '2026-01-01T00:00:00.000Z'
    const data = { claim_id: 'clm_expired', attempt: 3, expires_at }
    await record(test, [{ group_id, project_id, milestone_id, checkpoint_id, type: 'claim.taken', data }])
    expect(claimOf(await sound())).toMatchObject({ claim_id: 'clm_expired', attempt: 3, expires_at })
    const expired = await step(claimCheckpoint, { ttl_seconds })
    expect(expired).toMatchObject({ attempts: 4, failures: 2, last_failure: { at: expires_at, by: test.owner.actor_id, attempt: 3 } })
    await step(failCheckpoint, { reason: 'Again' })
    expect(await step(retryCheckpoint, {}, test.owner)).toMatchObject({ attempts: 4, failures: 0, last_failure: { attempt: 4 } })
    await step(claimCheckpoint, { ttl_seconds })
    expect(await step(completeCheckpoint)).toMatchObject({ claim_id: null, attempts: 5, failures: 0, last_failure: null })
    address.order = 2
    await step(withdrawCheckpoint, { reason: 'Nobody needs it' }, test.owner)
    expect([...new Set(met)].sort()).toEqual(
      [
        ...['claim.taken', 'claim.renewed', 'claim.released', 'claim.expired'],
        ...['checkpoint.failed', 'checkpoint.retried', 'checkpoint.completed', 'checkpoint.relinked', 'checkpoint.withdrawn'],
      ].sort(),
    )
  })
})
