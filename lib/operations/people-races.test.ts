import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { agentKey, join, makePerson } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeMilestone } from '@/lib/testing/milestones'
import { type Call, expectTwoOrders, type Orders } from '@/lib/testing/racing'
import { expectSound } from '@/lib/testing/soundness'
import {
  acceptInvitation,
  claimCheckpoint,
  completeCheckpoint,
  createGroup,
  createInvitation,
  createKey,
  deleteAgentProfile,
  leaveGroup,
  removeMember,
  suspendAgentProfile,
  transferGroup,
  updateAgentProfile,
  updateMember,
} from '.'

/** A private group for one race, with its owner, two admins, and somebody who is not in it. */
type Ground = {
  group_id: string
  owner: Actor
  ada: Actor
  ben: Actor
  guest: Actor
  link: () => Promise<string>
  plan: () => Promise<{ milestone_id: string; order: number }>
  agent: () => Promise<{ actor: Actor; address: { group_id: string; agent_profile_id: string } }>
}

type Race = { title: string; calls: (on: Ground) => Promise<[Call, Call]>; orders: Orders }

const SIZE = { couples: 10, rounds: 5 }

describe('calls about people and agents that race over two processes', { timeout: 60_000 }, () => {
  const test = useInstance()
  let other: Instance
  let people: [Actor, Actor, Actor, Actor]

  beforeAll(async () => {
    other = await openInstance(test.database.url, 'http://cairn.test')
    people = [await makePerson(test, 'Olga'), await makePerson(test, 'Ada'), await makePerson(test, 'Ben'), await makePerson(test, 'Guest')]
  })
  afterAll(async () => {
    await expectSound(test.instance)
    await other.close()
  })

  const ground = async (): Promise<Ground> => {
    const [owner, ada, ben, guest] = people
    const { group_id } = (await test.run(createGroup, { name: 'Team', visibility: 'private' }, owner)).data
    await Promise.all([ada, ben].map((person) => join(test, group_id, person, 'admin', owner)))
    return {
      group_id,
      owner,
      ada,
      ben,
      guest,
      link: async () => (await test.run(createInvitation, { group_id }, ada)).data.link,
      plan: async () => ({ milestone_id: (await makeMilestone(test, group_id, { A: [], B: [] }, owner)).milestone_id, order: 1 }),
      agent: async () => {
        const { actor } = await agentKey(test, group_id, 'Atlas', owner)
        return { actor, address: { group_id, agent_profile_id: actor.actor_id } }
      },
    }
  }

  const remove = ({ group_id }: Ground, { actor_id: user_id }: Actor, actor: Actor): Call => ({
    operation: removeMember,
    input: { group_id, user_id },
    actor,
  })
  const leave = ({ group_id }: Ground, actor: Actor): Call => ({ operation: leaveGroup, input: { group_id }, actor })
  const transfer = ({ group_id, owner }: Ground, { actor_id: user_id }: Actor): Call => ({
    operation: transferGroup,
    input: { group_id, user_id },
    actor: owner,
  })
  const accept = (token: string, actor: Actor): Call => ({ operation: acceptInvitation, input: { token }, actor })

  const races: Race[] = [
    {
      title: '[O1] two transfers',
      calls: async (on) => [transfer(on, on.ada), transfer(on, on.ben)],
      orders: [
        { answers: ['done', 'forbidden'], events: ['group.transferred'] },
        { answers: ['forbidden', 'done'], events: ['group.transferred'] },
      ],
    },
    {
      title: '[O1] a transfer and the removal of the heir',
      calls: async (on) => [transfer(on, on.ada), remove(on, on.ada, on.ben)],
      orders: [
        { answers: ['done', 'group_owner'], events: ['group.transferred'] },
        { answers: ['not_found', 'done'], events: ['member.removed'] },
      ],
    },
    {
      title: '[O1] a transfer and the heir who leaves',
      calls: async (on) => [transfer(on, on.ada), leave(on, on.ada)],
      orders: [
        { answers: ['done', 'group_owner'], events: ['group.transferred'] },
        { answers: ['not_found', 'done'], events: ['member.removed'] },
      ],
    },
    {
      title: '[O1] a transfer and the owner who leaves',
      calls: async (on) => [transfer(on, on.ada), leave(on, on.owner)],
      orders: [
        { answers: ['done', 'done'], events: ['group.transferred', 'member.removed'] },
        { answers: ['done', 'group_owner'], events: ['group.transferred'] },
      ],
    },
    {
      title: '[R1] two admins who remove each other',
      calls: async (on) => [remove(on, on.ada, on.ben), remove(on, on.ben, on.ada)],
      orders: [
        { answers: ['done', 'not_found'], events: ['member.removed'] },
        { answers: ['not_found', 'done'], events: ['member.removed'] },
      ],
    },
    {
      title: '[O2] an acceptance and the removal of whoever invited',
      calls: async (on) => [accept(await on.link(), on.guest), remove(on, on.ada, on.ben)],
      orders: [
        { answers: ['done', 'done'], events: ['invitation.accepted', 'member.added', 'member.removed'] },
        { answers: ['not_found', 'done'], events: ['invitation.revoked', 'member.removed'] },
      ],
    },
    {
      title: '[O2] two who accept one invitation',
      calls: async (on) => {
        const token = await on.link()
        const { actor_id } = await makePerson(test, 'Second')
        return [accept(token, on.guest), accept(token, { ...on.guest, actor_id })]
      },
      orders: [
        { answers: ['done', 'not_found'], events: ['invitation.accepted', 'member.added'] },
        { answers: ['not_found', 'done'], events: ['invitation.accepted', 'member.added'] },
      ],
    },
    {
      title: '[O2] one who accepts twice at once',
      calls: async (on) => {
        const token = await on.link()
        return [accept(token, on.guest), accept(token, on.guest)]
      },
      orders: [
        { answers: ['done', 'unchanged'], events: ['invitation.accepted', 'member.added'] },
        { answers: ['unchanged', 'done'], events: ['invitation.accepted', 'member.added'] },
      ],
    },
    {
      title: '[O2] an invitation and the lowering of its maker',
      calls: async ({ group_id, ada, owner }) => [
        { operation: createInvitation, input: { group_id }, actor: ada },
        { operation: updateMember, input: { group_id, user_id: ada.actor_id, role: 'member' }, actor: owner },
      ],
      orders: [
        { answers: ['done', 'done'], events: ['invitation.created', 'invitation.revoked', 'member.role_changed'] },
        { answers: ['forbidden', 'done'], events: ['member.role_changed'] },
      ],
    },
    {
      title: '[A2] a claim and the suspension of its agent',
      calls: async (on) => {
        const { actor, address } = await on.agent()
        return [
          { operation: claimCheckpoint, input: await on.plan(), actor },
          { operation: suspendAgentProfile, input: address, actor: on.owner },
        ]
      },
      orders: [
        { answers: ['done', 'done'], events: ['claim.taken', 'claim.released', 'agent_profile.suspended'] },
        { answers: ['unauthenticated', 'done'], events: ['agent_profile.suspended'] },
      ],
    },
    {
      title: '[R1] a completion and the removal of its author',
      calls: async (on) => [{ operation: completeCheckpoint, input: await on.plan(), actor: on.ada }, remove(on, on.ada, on.ben)],
      orders: [
        { answers: ['done', 'done'], events: ['checkpoint.completed', 'member.removed'] },
        { answers: ['not_found', 'done'], events: ['member.removed'] },
      ],
    },
    {
      title: '[R1] a key of the group and the removal of its maker',
      calls: async (on) => [
        { operation: createKey, input: { group_id: on.group_id, name: 'Last' }, actor: on.ada },
        remove(on, on.ada, on.ben),
      ],
      orders: [
        { answers: ['done', 'done'], events: ['member.removed'] },
        { answers: ['not_found', 'done'], events: ['member.removed'] },
      ],
    },
    {
      title: '[A1] an agent that is handed to somebody and their removal',
      calls: async (on) => {
        const { address } = await on.agent()
        const accountable_id = on.ada.actor_id
        return [{ operation: updateAgentProfile, input: { ...address, accountable_id }, actor: on.owner }, remove(on, on.ada, on.ben)]
      },
      orders: [
        { answers: ['done', 'done'], events: ['agent_profile.assigned', 'agent_profile.assigned', 'member.removed'] },
        { answers: ['invalid', 'done'], events: ['member.removed'] },
      ],
    },
    {
      title: '[A2] a key of an agent and its deletion',
      calls: async (on) => {
        const { address } = await on.agent()
        return [
          { operation: createKey, input: { ...address, name: 'Last' }, actor: on.ada },
          { operation: deleteAgentProfile, input: address, actor: on.owner },
        ]
      },
      orders: [
        { answers: ['done', 'done'], events: ['member.removed', 'agent_profile.deleted'] },
        { answers: ['not_found', 'done'], events: ['member.removed', 'agent_profile.deleted'] },
      ],
    },
  ]

  for (const { title, calls, orders } of races) {
    it(`${title} have one of two orders`, async () => {
      const make = async () => {
        const on = await ground()
        const couple = await calls(on)
        return { calls: couple, isAbout: ({ group_id }: Data) => group_id === on.group_id }
      }
      await expectTwoOrders(test, other, SIZE, orders, make)
    })
  }
})
