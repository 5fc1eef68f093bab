import { describe, expect, it } from 'vitest'
import { getMilestoneOperation, updateMilestone } from '@/lib/operations'
import { execute } from '@/lib/operations/execute'
import { byPerson } from '@/lib/testing/authors'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { useProxied } from '@/lib/testing/proxied'
import { expectSound } from '@/lib/testing/soundness'
import type { Call } from './lane'

/** Longer than a batch decides before it takes no more calls. */
const LONG = 150

describe('calls that take long to decide', () => {
  const test = useInstance()
  const proxied = useProxied(test)

  /** A call that retitles a milestone and takes long to decide, and that tells in `told` when it was decided and when it was answered. */
  const slowly = (
    told: string[],
    milestone: { milestone_id: string; group_id: string; project_id: string },
    name: string,
  ): Promise<void> => {
    const { milestone_id, group_id, project_id } = milestone
    const call: Call = {
      decide: (world) => {
        world.need([
          { kind: 'milestone', id: milestone_id },
          { kind: 'principal', id: test.owner.actor_id },
        ])
        const began = performance.now()
        while (performance.now() - began < LONG) Math.random()
        told.push(`${name} decided`)
        return {
          events: [{ group_id, project_id, milestone_id, checkpoint_id: null, type: 'milestone.updated', data: { title: name } }],
          changed: true,
          authorship: byPerson(test.owner),
          ids: {},
          needs: [],
          replayed: null,
        }
      },
      answer: () => 'null',
      remember: null,
      bytes: 10,
      left: () => false,
    }
    return proxied.instance.lane.submit(call).then(() => void told.push(`${name} answered`))
  }

  it('are not decided together: each is answered before the next, in order, and so is a short one behind them', async () => {
    const milestone = await makeMilestone(test, await makeGroup(test), { A: [] })
    const told: string[] = []
    const slow = ['one', 'two', 'three'].map((name) => slowly(told, milestone, name))
    const input = { milestone_id: milestone.milestone_id, title: 'last' }
    const short = execute(proxied.instance, updateMilestone, { input, actor: test.owner }).then(() => void told.push('short answered'))
    await Promise.all([...slow, short])
    expect(told).toEqual([
      'one decided',
      'one answered',
      'two decided',
      'two answered',
      'three decided',
      'three answered',
      'short answered',
    ])
    const { data } = await test.run(getMilestoneOperation, { milestone_id: milestone.milestone_id })
    expect(data.title).toBe('last')
  })

  it.each(['before', 'after'] as const)('[H3] are each made once, though the commit of the first is cut %s it is done', async (when) => {
    const milestone = await makeMilestone(test, await makeGroup(test), { A: [] })
    const told: string[] = []
    proxied.wire.cutNextCommit(when)
    await Promise.all(['one', 'two', 'three'].map((name) => slowly(told, milestone, name)))
    expect(told.filter((what) => what.endsWith('answered'))).toEqual(['one answered', 'two answered', 'three answered'])
    const { rows } = await test.instance.pool.query(
      `select data->>'title' as title from events where milestone_id = $1 and type = 'milestone.updated' order by seq`,
      [milestone.milestone_id],
    )
    expect(rows.map(({ title }) => title)).toEqual(['one', 'two', 'three'])
    await expectSound(test.instance)
  })
})
