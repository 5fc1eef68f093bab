import { beforeAll, describe, expect, it } from 'vitest'
import { useInstance } from '@/lib/testing/instance'
import { loadsOf } from '@/lib/testing/loads'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { type Ground, sampleOf } from '@/lib/testing/samples'
import { sayTool } from '@/lib/transport/say'
import { completeCheckpoint, OPERATIONS } from '.'
import type { AnyOperation, Mutation } from './define'
import { execute, type Invocation } from './execute'

const isMutation = (operation: AnyOperation): operation is Mutation => operation.kind === 'mutation'
const brief = OPERATIONS.filter(isMutation).filter(({ minimal }) => minimal)

describe('the text of a change', () => {
  const test = useInstance()
  let ground: Ground

  beforeAll(async () => {
    ground = { test, group_id: await makeGroup(test), by: test.owner }
  })

  /** The number of loads of a call on a lane whose world is empty, because another process wrote. */
  const coldLoads = async (operation: Mutation, input: object, form: Partial<Invocation>): Promise<number> => {
    await test.instance.pool.query(`update workspaces set head = 'elsewhere'`)
    return loadsOf(test, () => execute(test.instance, operation, { input, actor: test.owner, ...form }))
  }

  it.each(brief.map((operation) => [operation.name, operation] as const))(
    'of %s loads no more than its minimal answer does, while the lane waits',
    async (_name, operation) => {
      const minimal = await coldLoads(operation, await sampleOf(operation, ground), { minimal: true })
      const text = await coldLoads(operation, await sampleOf(operation, ground), { say: sayTool })
      expect(minimal).toBeGreaterThan(0)
      expect(text).toBeLessThanOrEqual(minimal)
    },
  )

  it('of a completion loads once more if what it opens waits for other milestones too', async () => {
    const far = await makeMilestone(test, ground.group_id, { Far: [] })
    const make = async () => (await makeMilestone(test, ground.group_id, { A: [], B: ['A', `${far.milestone_id}:1`] })).milestone_id
    const minimal = await coldLoads(completeCheckpoint, { milestone_id: await make(), order: 1 }, { minimal: true })
    const text = await coldLoads(completeCheckpoint, { milestone_id: await make(), order: 1 }, { say: sayTool })
    expect(text - minimal).toBeLessThanOrEqual(1)
  })
})
