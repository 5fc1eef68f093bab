import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { type Call, expectTwoOrders, type Orders } from '@/lib/testing/racing'
import { expectSound } from '@/lib/testing/soundness'
import {
  addCheckpoint,
  claimCheckpoint,
  completeCheckpoint,
  deleteCheckpoint,
  failCheckpoint,
  releaseCheckpoint,
  reopenCheckpoint,
  retryCheckpoint,
  updateCheckpoint,
  updateGroup,
  withdrawCheckpoint,
} from '.'

/** Two calls that race, and what has to come of each of the two orders: both answers, and the events in the order of the log. */
type Race = {
  title: string
  calls: (on: Ground) => Promise<[Call, Call]>
  orders: Orders
}

/** Two agents, a person, and a group for one race. */
type Ground = {
  group_id: string
  ada: Actor
  bob: Actor
  person: Actor
  plan: (sketch: Record<string, (string | number)[]>) => Promise<Data>
}

const COUPLES = 8
const ROUNDS = 5
const reason = 'The tests are red'

describe('calls that race over two processes', () => {
  const test = useInstance()
  let other: Instance
  beforeAll(async () => {
    other = await openInstance(test.database.url, 'http://cairn.test')
  })
  afterAll(async () => {
    await expectSound(test.instance)
    await other.close()
  })

  const run = async ({ operation, input, actor }: Call): Promise<Data> => (await test.run(operation, input, actor)).data

  const ground = async (): Promise<Ground> => {
    const group_id = await makeGroup(test)
    const [ada, bob] = await Promise.all([test.agent(group_id, 'Ada'), test.agent(group_id, 'Bob')])
    return { group_id, ada, bob, person: test.owner, plan: (sketch) => makeMilestone(test, group_id, sketch) }
  }

  const races: Race[] = [
    {
      title: '[L1] a claim and a claim of another',
      calls: async ({ ada, bob, plan }) => {
        const input = { milestone_id: (await plan({ A: [] })).milestone_id, order: 1 }
        return [
          { operation: claimCheckpoint, input, actor: ada },
          { operation: claimCheckpoint, input, actor: bob },
        ]
      },
      orders: [
        { answers: ['done', 'claimed'], events: ['claim.taken'] },
        { answers: ['claimed', 'done'], events: ['claim.taken'] },
      ],
    },
    {
      title: '[L1] a claim and the completion by another',
      calls: async ({ ada, bob, plan }) => {
        const input = { milestone_id: (await plan({ A: [], B: [] })).milestone_id, order: 1 }
        return [
          { operation: claimCheckpoint, input, actor: ada },
          { operation: completeCheckpoint, input, actor: bob },
        ]
      },
      orders: [
        { answers: ['done', 'claimed'], events: ['claim.taken'] },
        { answers: ['checkpoint_completed', 'done'], events: ['checkpoint.completed'] },
      ],
    },
    {
      title: '[L1] a release and a claim of another',
      calls: async ({ ada, bob, plan }) => {
        const input = { milestone_id: (await plan({ A: [] })).milestone_id, order: 1 }
        await run({ operation: claimCheckpoint, input, actor: ada })
        return [
          { operation: releaseCheckpoint, input, actor: ada },
          { operation: claimCheckpoint, input, actor: bob },
        ]
      },
      orders: [
        { answers: ['done', 'done'], events: ['claim.released', 'claim.taken'] },
        { answers: ['done', 'claimed'], events: ['claim.released'] },
      ],
    },
    {
      title: '[L1] [N1] a failure and the completion under the same claim',
      calls: async ({ ada, plan }) => {
        const input = { milestone_id: (await plan({ A: [], B: [] })).milestone_id, order: 1 }
        const { claim_id } = (await run({ operation: claimCheckpoint, input, actor: ada })).claim
        return [
          { operation: failCheckpoint, input: { ...input, reason, claim_id }, actor: ada },
          { operation: completeCheckpoint, input: { ...input, claim_id }, actor: ada },
        ]
      },
      orders: [
        { answers: ['done', 'claim_lost'], events: ['checkpoint.failed'] },
        { answers: ['checkpoint_completed', 'done'], events: ['checkpoint.completed'] },
      ],
    },
    {
      title: '[N1] giving back and a claim of what needs attention',
      calls: async ({ group_id, ada, bob, person, plan }) => {
        await run({ operation: updateGroup, input: { group_id, max_failures: 1 }, actor: person })
        const input = { milestone_id: (await plan({ A: [] })).milestone_id, order: 1 }
        await run({ operation: failCheckpoint, input: { ...input, reason }, actor: ada })
        return [
          { operation: retryCheckpoint, input, actor: person },
          { operation: claimCheckpoint, input, actor: bob },
        ]
      },
      orders: [
        { answers: ['done', 'done'], events: ['checkpoint.retried', 'claim.taken'] },
        { answers: ['done', 'needs_attention'], events: ['checkpoint.retried'] },
      ],
    },
    {
      title: '[D1] [C1] a completion and a new dependency on pending work',
      calls: async ({ ada, bob, plan }) => {
        const input = { milestone_id: (await plan({ A: [], B: [] })).milestone_id, order: 2 }
        return [
          { operation: completeCheckpoint, input, actor: ada },
          { operation: updateCheckpoint, input: { ...input, depends_on: [1] }, actor: bob },
        ]
      },
      orders: [
        { answers: ['done', 'checkpoint_completed'], events: ['checkpoint.completed'] },
        { answers: ['blocked', 'done'], events: ['checkpoint.dependency_added'] },
      ],
    },
    {
      title: '[D1] a completion and the reopening of its dependency',
      calls: async ({ ada, bob, plan }) => {
        const { milestone_id } = await plan({ A: [], B: ['A'], C: [] })
        await run({ operation: completeCheckpoint, input: { milestone_id, order: 1 }, actor: ada })
        return [
          { operation: completeCheckpoint, input: { milestone_id, order: 2 }, actor: ada },
          { operation: reopenCheckpoint, input: { milestone_id, order: 1, reason }, actor: bob },
        ]
      },
      orders: [
        { answers: ['done', 'dependents_completed'], events: ['checkpoint.completed'] },
        { answers: ['blocked', 'done'], events: ['checkpoint.reopened'] },
      ],
    },
    {
      title: '[D1] a completion and the reopening of all before it',
      calls: async ({ ada, bob, plan }) => {
        const { milestone_id } = await plan({ A: [], B: ['A'], C: ['B'], D: [] })
        for (const order of [1, 2]) await run({ operation: completeCheckpoint, input: { milestone_id, order }, actor: ada })
        return [
          { operation: completeCheckpoint, input: { milestone_id, order: 3 }, actor: ada },
          { operation: reopenCheckpoint, input: { milestone_id, order: 1, reason, cascade: true }, actor: bob },
        ]
      },
      orders: [
        { answers: ['done', 'done'], events: ['checkpoint.completed', ...Array(3).fill('checkpoint.reopened')] },
        { answers: ['blocked', 'done'], events: ['checkpoint.reopened', 'checkpoint.reopened'] },
      ],
    },
    {
      title: '[C2] a completion and the same by another',
      calls: async ({ ada, bob, plan }) => {
        const input = { milestone_id: (await plan({ A: [] })).milestone_id, order: 1 }
        return [
          { operation: completeCheckpoint, input, actor: ada },
          { operation: completeCheckpoint, input, actor: bob },
        ]
      },
      orders: [
        { answers: ['done', 'unchanged'], events: ['checkpoint.completed', 'milestone.closed'] },
        { answers: ['unchanged', 'done'], events: ['checkpoint.completed', 'milestone.closed'] },
      ],
    },
    {
      title: '[L1] a deletion and a claim',
      calls: async ({ ada, person, plan }) => {
        const { milestone_id, checkpoints } = await plan({ A: [], B: [] })
        const input = { milestone_id, order: checkpoints[0].checkpoint_id }
        return [
          { operation: deleteCheckpoint, input, actor: person },
          { operation: claimCheckpoint, input, actor: ada },
        ]
      },
      orders: [
        { answers: ['done', 'not_found'], events: ['checkpoint.deleted'] },
        { answers: ['done', 'done'], events: ['claim.taken', 'checkpoint.deleted'] },
      ],
    },
    {
      title: '[N2] [D1] a withdrawal and the completion of what waited for it',
      calls: async ({ ada, person, plan }) => {
        const { milestone_id, checkpoints } = await plan({ A: [], B: ['A'], C: [] })
        return [
          { operation: withdrawCheckpoint, input: { milestone_id, order: 1, reason }, actor: person },
          { operation: completeCheckpoint, input: { milestone_id, order: checkpoints[1].checkpoint_id }, actor: ada },
        ]
      },
      orders: [
        { answers: ['done', 'done'], events: ['checkpoint.relinked', 'checkpoint.withdrawn', 'checkpoint.completed'] },
        { answers: ['done', 'blocked'], events: ['checkpoint.relinked', 'checkpoint.withdrawn'] },
      ],
    },
    {
      title: '[C3] a deletion and a new dependency on it',
      calls: async ({ ada, person, plan }) => {
        const { milestone_id, checkpoints } = await plan({ A: [], B: [] })
        const [{ checkpoint_id }, dependent] = checkpoints
        return [
          { operation: deleteCheckpoint, input: { milestone_id, order: checkpoint_id }, actor: person },
          {
            operation: updateCheckpoint,
            input: { milestone_id, order: dependent.checkpoint_id, depends_on: [checkpoint_id] },
            actor: ada,
          },
        ]
      },
      orders: [
        { answers: ['done', 'invalid_dependency'], events: ['checkpoint.deleted'] },
        { answers: ['has_dependents', 'done'], events: ['checkpoint.dependency_added'] },
      ],
    },
    {
      title: '[D2] two dependencies that would close a loop across milestones',
      calls: async ({ ada, bob, plan }) => {
        const [one, two] = [await plan({ A: [] }), await plan({ B: [] })]
        const on = (from: Data, to: Data) => ({ milestone_id: from.milestone_id, order: 1, depends_on: [`${to.milestone_id}:1`] })
        return [
          { operation: updateCheckpoint, input: on(one, two), actor: ada },
          { operation: updateCheckpoint, input: on(two, one), actor: bob },
        ]
      },
      orders: [
        { answers: ['done', 'cycle'], events: ['checkpoint.dependency_added'] },
        { answers: ['cycle', 'done'], events: ['checkpoint.dependency_added'] },
      ],
    },
    {
      title: '[M2] the last completion and a new checkpoint',
      calls: async ({ ada, bob, plan }) => {
        const { milestone_id } = await plan({ A: [] })
        return [
          { operation: completeCheckpoint, input: { milestone_id, order: 1 }, actor: ada },
          { operation: addCheckpoint, input: { milestone_id, title: 'B' }, actor: bob },
        ]
      },
      orders: [
        { answers: ['done', 'done'], events: ['checkpoint.completed', 'milestone.closed', 'milestone.reopened', 'checkpoint.added'] },
        { answers: ['done', 'done'], events: ['checkpoint.added', 'checkpoint.completed'] },
      ],
    },
  ]

  for (const { title, calls, orders } of races) {
    it(`${title} have one of two orders`, async () => {
      const make = async () => {
        const couple = await calls(await ground())
        const milestones = new Set(couple.map(({ input }) => Reflect.get(input, 'milestone_id')))
        return { calls: couple, isAbout: ({ milestone_id }: Data) => milestones.has(milestone_id) }
      }
      const counts = await expectTwoOrders(test, other, { couples: COUPLES, rounds: ROUNDS }, orders, make)
      if (process.env.CAIRN_TEST_TIMES) console.log(title, Object.fromEntries(counts))
    })
  }
})
