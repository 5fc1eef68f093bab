import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import type { EventType } from '@/lib/domain/events'
import { join, makePerson } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { type Call, expectTwoOrders, type Orders } from '@/lib/testing/racing'
import { expectSound } from '@/lib/testing/soundness'
import {
  castVote,
  completeCheckpoint,
  createGroup,
  createMilestone,
  finalizeProposal,
  removeMember,
  updateCheckpoint,
  updateGroup,
} from '.'
import { addMember } from './members'

/**
 * A gate on which Ada, Ben and Cleo may vote, of whom two are needed. Ada has voted yes. It is `automatic` if the ballot that decides it seals it; `decided` if Ben
 * has voted yes too; and `sealed` if it has passed.
 */
type Stage = 'open' | 'automatic' | 'decided' | 'sealed'

/** Two calls, and what comes of them if the first or if the second is decided first: both answers, and the events. */
type Race = { between: readonly [Kind, Kind]; on: Stage; orders: Orders }

const SIZE = { couples: 10, rounds: 2 }

type Ground = {
  owner: Actor
  ben: Actor
  cleo: Actor
  guest: Actor
  group_id: string
  proposal_id: string
  address: { milestone_id: string; order: string }
}

const CALLS = {
  vote: ({ ben: actor, proposal_id }) => ({ operation: castVote, input: { proposal_id, vote: 'yes', round: 1 }, actor }),
  'another vote': ({ cleo: actor, proposal_id }) => ({ operation: castVote, input: { proposal_id, vote: 'yes', round: 1 }, actor }),
  finalize: ({ owner: actor, proposal_id }) => ({ operation: finalizeProposal, input: { proposal_id }, actor }),
  change: ({ owner: actor, address }) => ({ operation: updateCheckpoint, input: { ...address, title: 'Deploy all' }, actor }),
  remove: ({ owner: actor, group_id, ben }) => ({ operation: removeMember, input: { group_id, user_id: ben.actor_id }, actor }),
  complete: ({ owner: actor, address }) => ({ operation: completeCheckpoint, input: address, actor }),
  lift: ({ owner: actor, address }) => ({
    operation: updateCheckpoint,
    input: { ...address, requires_consensus: false, reason: 'agreed at the table' },
    actor,
  }),
  join: ({ owner: actor, group_id, guest }) => ({
    operation: addMember,
    input: { group_id, principal_id: guest.actor_id, role: 'member' },
    actor,
  }),
} as const satisfies Record<string, (on: Ground) => Call>
type Kind = keyof typeof CALLS

const order = (answers: [string, string], events: EventType[]) => ({ answers, events })

const RACES: Race[] = [
  {
    between: ['vote', 'vote'],
    on: 'open',
    orders: [order(['done', 'already_voted'], ['ballot.cast']), order(['already_voted', 'done'], ['ballot.cast'])],
  },
  {
    between: ['vote', 'another vote'],
    on: 'automatic',
    orders: [
      order(['done', 'proposal_finalized'], ['ballot.cast', 'proposal.finalized']),
      order(['proposal_finalized', 'done'], ['ballot.cast', 'proposal.finalized']),
    ],
  },
  {
    between: ['vote', 'finalize'],
    on: 'open',
    orders: [order(['done', 'done'], ['ballot.cast', 'proposal.finalized']), order(['done', 'undecided'], ['ballot.cast'])],
  },
  {
    between: ['vote', 'change'],
    on: 'automatic',
    orders: [
      order(['done', 'done'], ['ballot.cast', 'proposal.finalized', 'checkpoint.updated', 'proposal.round_started']),
      order(['version_mismatch', 'done'], ['checkpoint.updated', 'proposal.round_started']),
    ],
  },
  {
    between: ['vote', 'remove'],
    on: 'automatic',
    orders: [
      order(['done', 'done'], ['ballot.cast', 'proposal.finalized', 'member.removed']),
      order(['forbidden', 'done'], ['member.removed']),
    ],
  },
  {
    between: ['vote', 'complete'],
    on: 'automatic',
    orders: [
      order(['done', 'done'], ['ballot.cast', 'proposal.finalized', 'checkpoint.completed']),
      order(['done', 'consensus_required'], ['ballot.cast', 'proposal.finalized']),
    ],
  },
  {
    between: ['vote', 'lift'],
    on: 'automatic',
    orders: [
      order(['done', 'done'], ['ballot.cast', 'proposal.finalized', 'checkpoint.gate_lifted']),
      order(['not_found', 'done'], ['checkpoint.gate_lifted']),
    ],
  },
  {
    between: ['vote', 'join'],
    on: 'automatic',
    orders: [
      order(['done', 'done'], ['ballot.cast', 'proposal.finalized', 'member.added']),
      order(['done', 'done'], ['member.added', 'proposal.voter_added', 'ballot.cast']),
    ],
  },
  {
    between: ['finalize', 'finalize'],
    on: 'decided',
    orders: [order(['done', 'proposal_finalized'], ['proposal.finalized']), order(['proposal_finalized', 'done'], ['proposal.finalized'])],
  },
  {
    between: ['finalize', 'change'],
    on: 'decided',
    orders: [
      order(['done', 'done'], ['proposal.finalized', 'checkpoint.updated', 'proposal.round_started']),
      order(['undecided', 'done'], ['checkpoint.updated', 'proposal.round_started']),
    ],
  },
  {
    between: ['finalize', 'remove'],
    on: 'decided',
    orders: [order(['done', 'done'], ['proposal.finalized', 'member.removed']), order(['undecided', 'done'], ['member.removed'])],
  },
  {
    between: ['finalize', 'complete'],
    on: 'decided',
    orders: [
      order(['done', 'done'], ['proposal.finalized', 'checkpoint.completed']),
      order(['done', 'consensus_required'], ['proposal.finalized']),
    ],
  },
  {
    between: ['finalize', 'lift'],
    on: 'decided',
    orders: [
      order(['done', 'done'], ['proposal.finalized', 'checkpoint.gate_lifted']),
      order(['not_found', 'done'], ['checkpoint.gate_lifted']),
    ],
  },
  {
    between: ['finalize', 'join'],
    on: 'decided',
    orders: [
      order(['done', 'done'], ['proposal.finalized', 'member.added']),
      order(['undecided', 'done'], ['member.added', 'proposal.voter_added']),
    ],
  },
  {
    between: ['change', 'change'],
    on: 'sealed',
    orders: [
      order(['done', 'unchanged'], ['checkpoint.updated', 'proposal.round_started']),
      order(['unchanged', 'done'], ['checkpoint.updated', 'proposal.round_started']),
    ],
  },
  {
    between: ['change', 'remove'],
    on: 'sealed',
    orders: [
      order(['done', 'done'], ['checkpoint.updated', 'proposal.round_started', 'member.removed']),
      order(['done', 'done'], ['member.removed', 'checkpoint.updated', 'proposal.round_started']),
    ],
  },
  {
    between: ['change', 'complete'],
    on: 'sealed',
    orders: [
      order(['done', 'consensus_required'], ['checkpoint.updated', 'proposal.round_started']),
      order(['checkpoint_completed', 'done'], ['checkpoint.completed']),
    ],
  },
  {
    between: ['change', 'lift'],
    on: 'sealed',
    orders: [
      order(['done', 'done'], ['checkpoint.updated', 'proposal.round_started', 'checkpoint.gate_lifted']),
      order(['done', 'done'], ['checkpoint.gate_lifted', 'checkpoint.updated']),
    ],
  },
  {
    between: ['change', 'join'],
    on: 'sealed',
    orders: [
      order(['done', 'done'], ['checkpoint.updated', 'proposal.round_started', 'member.added', 'proposal.voter_added']),
      order(['done', 'done'], ['member.added', 'checkpoint.updated', 'proposal.round_started']),
    ],
  },
  {
    between: ['remove', 'remove'],
    on: 'decided',
    orders: [order(['done', 'not_found'], ['member.removed']), order(['not_found', 'done'], ['member.removed'])],
  },
  {
    between: ['remove', 'complete'],
    on: 'sealed',
    orders: [
      order(['done', 'done'], ['member.removed', 'checkpoint.completed']),
      order(['done', 'done'], ['checkpoint.completed', 'member.removed']),
    ],
  },
  {
    between: ['remove', 'lift'],
    on: 'decided',
    orders: [
      order(['done', 'done'], ['member.removed', 'checkpoint.gate_lifted']),
      order(['done', 'done'], ['checkpoint.gate_lifted', 'member.removed']),
    ],
  },
  {
    between: ['remove', 'join'],
    on: 'decided',
    orders: [
      order(['done', 'done'], ['member.removed', 'member.added', 'proposal.voter_added']),
      order(['done', 'done'], ['member.added', 'proposal.voter_added', 'member.removed']),
    ],
  },
  {
    between: ['complete', 'complete'],
    on: 'sealed',
    orders: [order(['done', 'unchanged'], ['checkpoint.completed']), order(['unchanged', 'done'], ['checkpoint.completed'])],
  },
  {
    between: ['complete', 'lift'],
    on: 'sealed',
    orders: [
      order(['done', 'checkpoint_completed'], ['checkpoint.completed']),
      order(['done', 'done'], ['checkpoint.gate_lifted', 'checkpoint.completed']),
    ],
  },
  {
    between: ['complete', 'lift'],
    on: 'open',
    orders: [
      order(['consensus_required', 'done'], ['checkpoint.gate_lifted']),
      order(['done', 'done'], ['checkpoint.gate_lifted', 'checkpoint.completed']),
    ],
  },
  {
    between: ['complete', 'join'],
    on: 'sealed',
    orders: [
      order(['done', 'done'], ['checkpoint.completed', 'member.added']),
      order(['done', 'done'], ['member.added', 'checkpoint.completed']),
    ],
  },
  {
    between: ['lift', 'lift'],
    on: 'open',
    orders: [order(['done', 'unchanged'], ['checkpoint.gate_lifted']), order(['unchanged', 'done'], ['checkpoint.gate_lifted'])],
  },
  {
    between: ['lift', 'join'],
    on: 'open',
    orders: [
      order(['done', 'done'], ['checkpoint.gate_lifted', 'member.added']),
      order(['done', 'done'], ['member.added', 'proposal.voter_added', 'checkpoint.gate_lifted']),
    ],
  },
  {
    between: ['join', 'join'],
    on: 'open',
    orders: [
      order(['done', 'already_member'], ['member.added', 'proposal.voter_added']),
      order(['already_member', 'done'], ['member.added', 'proposal.voter_added']),
    ],
  },
]

describe('calls about one gate that race over two processes', { timeout: 120_000 }, () => {
  const test = useInstance()
  let other: Instance
  let people: [Actor, Actor, Actor, Actor, Actor]

  beforeAll(async () => {
    other = await openInstance(test.database.url, 'http://cairn.test')
    const person = (name: string) => makePerson(test, name)
    people = [await person('Olga'), await person('Ada'), await person('Ben'), await person('Cleo'), await person('Guest')]
  })
  afterAll(async () => {
    await expectSound(test.instance)
    await other.close()
  })

  const ground = async (stage: Stage): Promise<Ground> => {
    const [owner, ada, ben, cleo, guest] = people
    const { group_id } = (await test.run(createGroup, { name: 'Team' }, owner)).data
    await test.run(updateGroup, { group_id, gate_auto_finalize: stage === 'automatic' }, owner)
    for (const person of [ada, ben, cleo]) await join(test, group_id, person, 'member', owner)
    const checkpoints = [{ title: 'Deploy', requires_consensus: true }, { title: 'Announce' }]
    const { data } = await test.run(createMilestone, { group_id, title: 'Release', checkpoints }, owner)
    const [{ checkpoint_id: order, requires_proposal_id: proposal_id }] = data.checkpoints
    const ballot = { proposal_id, vote: 'yes', round: 1 }
    await test.run(castVote, ballot, ada)
    if (stage === 'decided' || stage === 'sealed') await test.run(castVote, ballot, ben)
    if (stage === 'sealed') await test.run(finalizeProposal, { proposal_id }, owner)
    return { owner, ben, cleo, guest, group_id, proposal_id, address: { milestone_id: data.milestone_id, order } }
  }

  for (const { between, on: stage, orders } of RACES) {
    it(`[G1] ${between.join(' and ')}, ${stage}, have one of two orders`, async () => {
      const [first, second] = between
      const make = async () => {
        const on = await ground(stage)
        const calls: [Call, Call] = [CALLS[first](on), CALLS[second](on)]
        return { calls, isAbout: ({ group_id }: Data) => group_id === on.group_id }
      }
      await expectTwoOrders(test, other, SIZE, orders, make)
    })
  }
})
