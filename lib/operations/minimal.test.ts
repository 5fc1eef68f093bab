import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { openInstance } from '@/db/instance'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { type Ground, sampleOf } from '@/lib/testing/samples'
import {
  addCheckpoint,
  completeCheckpoint,
  createMilestone,
  deleteCheckpoint,
  deleteMilestone,
  getMilestoneOperation,
  OPERATIONS,
  updateCheckpoint,
} from '.'
import type { AnyOperation, Mutation } from './define'
import { execute } from './execute'

const isMutation = (operation: AnyOperation): operation is Mutation => operation.kind === 'mutation'
const MUTATIONS = OPERATIONS.filter(isMutation)

/** Whether an operation answers with all checkpoints of a milestone, wherever they are in its answer. */
const answersMilestone = ({ output }: Mutation): boolean => JSON.stringify(z.toJSONSchema(output)).includes('"total_checkpoints":')

const whole = MUTATIONS.filter(answersMilestone)

describe('the minimal answer', () => {
  const test = useInstance()
  let ground: Ground
  let keys = 0

  beforeAll(async () => {
    ground = { test, group_id: await makeGroup(test), by: test.owner }
  })

  it('is there for every change that answers with a whole milestone, and for no other', () => {
    expect(whole.length).toBeGreaterThan(9)
    expect(whole.filter(({ minimal }) => !minimal).map(({ name }) => name)).toEqual([])
    expect(MUTATIONS.filter((operation) => operation.minimal && !answersMilestone(operation)).map(({ name }) => name)).toEqual([])
  })

  it.each(whole.map((operation) => [operation.name, operation] as const))(
    'of %s says of the milestone what the whole one says',
    async (_name, operation) => {
      const input = await sampleOf(operation, ground)
      const known = new Set(
        'milestone_id' in input ? (await checkpointsOf(input.milestone_id)).map(({ checkpoint_id }) => checkpoint_id) : [],
      )
      const idempotency_key = `whole ${++keys}`
      const minimal = await test.run(operation, input, test.owner, { idempotency_key, minimal: true })
      const replayed = await test.run(operation, input, test.owner, { idempotency_key })
      expect(operation.minimal?.output.parse(minimal.data)).toEqual(minimal.data)
      const { milestone_id, version, status, progress, checkpoints } = replayed.data
      const about = checkpoints.find(({ order, checkpoint_id }: Data) =>
        operation === addCheckpoint ? !known.has(checkpoint_id) : [order, checkpoint_id].includes(input.order),
      )
      const checkpoint = about ? { checkpoint_id: about.checkpoint_id, order: about.order, status: about.status, state: about.state } : null
      expect(minimal.data).toEqual({ milestone_id, version, status, progress, checkpoint })
    },
  )

  const checkpointsOf = async (milestone_id: unknown): Promise<Data[]> =>
    (await test.run(getMilestoneOperation, { milestone_id })).data.checkpoints

  it('[H4] is no part of the call: under its key, it is replayed in whichever form is asked for', async () => {
    const { milestone_id } = await makeMilestone(test, ground.group_id, { A: [], B: ['A'] })
    const run = (minimal: boolean) =>
      test.run(completeCheckpoint, { milestone_id, order: 1 }, test.owner, { idempotency_key: 'either', minimal })
    const first = await run(false)
    expect(first).toMatchObject({ changed: true, replayed: false, data: { total_checkpoints: 2 } })
    const again = await run(true)
    expect(again).toMatchObject({
      changed: true,
      replayed: true,
      seq: first.seq,
      data: { milestone_id, progress: '1/2', checkpoint: { order: 1 } },
    })
    expect(again.data).not.toHaveProperty('checkpoints')
    expect(await run(false)).toMatchObject({ replayed: true, data: { total_checkpoints: 2 } })
  })

  it('of a repeated call has null for a checkpoint that is gone, and is not found for a milestone that is gone', async () => {
    const { milestone_id } = await makeMilestone(test, ground.group_id, { A: [] })
    const added = { idempotency_key: 'gone', minimal: true }
    const { data } = await test.run(addCheckpoint, { milestone_id, title: 'B' }, test.owner, added)
    await test.run(deleteCheckpoint, { milestone_id, order: data.checkpoint.checkpoint_id })
    const repeated = await test.run(addCheckpoint, { milestone_id, title: 'B' }, test.owner, added)
    expect(repeated).toMatchObject({ replayed: true, data: { progress: '0/1', checkpoint: null } })
    await test.run(deleteMilestone, { milestone_id })
    await expect(test.run(addCheckpoint, { milestone_id, title: 'B' }, test.owner, added)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('has the state of a checkpoint that waits for one of another milestone, in a process that has loaded nothing', async () => {
    const far = await makeMilestone(test, ground.group_id, { Far: [] })
    const checkpoints = [{ title: 'Near', depends_on: [`${far.milestone_id}:1`] }]
    const { milestone_id } = (await test.run(createMilestone, { group_id: ground.group_id, title: 'Waits', checkpoints })).data
    const cold = await openInstance(test.database.url, 'http://cairn.test')
    try {
      const input = { milestone_id, order: 1, note: 'Later' }
      const { data } = await execute(cold, updateCheckpoint, { input, actor: test.owner, minimal: true })
      expect(JSON.parse(data)).toMatchObject({ progress: '0/1', checkpoint: { order: 1, status: 'pending', state: 'blocked' } })
    } finally {
      await cold.close()
    }
  })
})
