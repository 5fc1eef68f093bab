import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import { seedDemo } from '@/lib/demo'
import { DomainError } from '@/lib/domain/errors'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'
import { log } from '@/lib/log.mjs'
import type { Operation } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import { createGroup } from '@/lib/operations/groups'
import { castVote, listOwnProposals } from '@/lib/operations/proposals'
import { ensureOwner } from '@/lib/operations/setup'
import { administer } from '@/lib/testing/administer'
import { freshDatabase, type TestDatabase } from '@/lib/testing/database'

type Place = { database: TestDatabase; instance: Instance }
const places: Place[] = []

/** A new database, and what a start does in it before the demo. */
async function makePlace(): Promise<Place> {
  const database = await freshDatabase()
  const place = { database, instance: await openInstance(database.url, 'http://cairn.test') }
  places.push(place)
  return place
}

afterEach(async () => {
  vi.restoreAllMocks()
  for (const { instance, database } of places.splice(0)) {
    await instance.close()
    await database.drop()
  }
})

async function firstStart(instance: Instance): Promise<void> {
  const owner = await ensureOwner(instance)
  await seedDemo(instance, owner.principal_id)
}

/** Lets this many changes be made. Every later one fails, as if the process had been killed; `after` says whether the last one still got through. */
function killAfter({ lane }: Instance, changes: number, after: boolean): () => void {
  const submit = lane.submit.bind(lane)
  let made = 0
  const spy = vi.spyOn(lane, 'submit').mockImplementation(async (call) => {
    made++
    if (made > changes || (made === changes && !after)) throw new Error('killed')
    const answer = await submit(call)
    if (made === changes) throw new Error('killed')
    return answer
  })
  return () => spy.mockRestore()
}

/** All that the demo makes, under names instead of ids. */
async function stateOf({ pool }: Instance) {
  const rows = async (text: string) => (await pool.query({ text, rowMode: 'array' })).rows
  return {
    people: await rows('select name, email, kind, instance_owner from principals order by 1, 2'),
    accounts: await rows('select u.name, u.email, p.name from auth."user" u join principals p on p.principal_id = u.id order by 1'),
    groups: await rows('select g.slug, g.name, p.name from groups g join principals p on p.principal_id = g.owner_id order by 1'),
    members: await rows(
      'select g.slug, p.name, m.role from group_members m join groups g using (group_id) join principals p using (principal_id) order by 1, 2',
    ),
    projects: await rows('select title, color, milestone_count from projects order by 1'),
    milestones: await rows('select title, status, description from milestones order by 1'),
    checkpoints: await rows(
      `select m.title, c."order", c.title, c.completed_at is not null, p.name, c.claim_id is not null, c.attempts, c.failures, c.last_failure->>'reason', c.requires_consensus, c.git_branch_url, c.git_pr_url, c.git_commit_url
         from checkpoints c join milestones m using (milestone_id) left join principals p on p.principal_id = c.completed_by order by 1, 2`,
    ),
    proposals: await rows(
      `select coalesce(c.title, p.title), p.voting_type, p.status, p.result, p.threshold_met, p.tally, p.runoff, (select count(*)::int from proposal_voters v where v.proposal_id = p.proposal_id)
         from proposals p left join checkpoints c using (checkpoint_id) order by 1`,
    ),
    ballots: await rows(
      'select v.name, b.vote, b.comment, b.round from ballots b join principals v on v.principal_id = b.voter_id order by 1, 2',
    ),
    events: await rows(
      'select e.type, p.name, count(*)::int from events e join principals p on p.principal_id = e.actor_id group by 1, 2 order by 1, 2',
    ),
  }
}

async function undisturbed() {
  const { instance } = await makePlace()
  await firstStart(instance)
  return stateOf(instance)
}

describe('the demo of a first start', () => {
  it('is completed by the next start when the first was killed, and nothing is doubled [H4]', async () => {
    const expected = await undisturbed()
    expect(expected.people.length).toBe(7)
    for (const [changes, after] of [
      [1, true],
      [2, false],
      [2, true],
      [3, true],
      [5, true],
      [6, false],
      [9, true],
      [14, true],
      [17, false],
      [25, true],
      [33, true],
    ] as const) {
      const { instance } = await makePlace()
      const stop = killAfter(instance, changes, after)
      await expect(firstStart(instance)).rejects.toThrow('killed')
      stop()
      await firstStart(instance)
      expect({ changes, after, state: await stateOf(instance) }).toEqual({ changes, after, state: expected })
    }
  })

  it('has a vote that the ballot of the owner decides, and one that is over', async () => {
    const { instance } = await makePlace()
    await firstStart(instance)
    const { principal_id } = await ensureOwner(instance)
    const actor = { actor_id: principal_id, key_id: null, session_id: null, via: 'web' as const }
    const run = async <T>(operation: Operation, input: object): Promise<T> =>
      JSON.parse((await execute(instance, operation, { input, actor })).data)
    const listed = async (status: string) => (await run<{ proposals: ProposalSummary[] }>(listOwnProposals, { status })).proposals
    const [pricing] = (await listed('waiting')).filter(({ title }) => title === 'Pricing decision')
    expect(pricing).toMatchObject({ tally: { yes: 1, no: 1 }, electorate: 3, votes_needed: 2, decided: null, you_may_vote: true })
    const after = await run(castVote, { proposal_id: pricing?.proposal_id, vote: 'yes', round: 1 })
    expect(after).toMatchObject({
      decided: 'approved',
      votes: [
        { voter_name: 'Mara Roth', vote: 'yes', voter_type: 'user' },
        { voter_name: 'juno', vote: 'no', voter_type: 'agent_profile' },
        { voter_name: 'Owner', vote: 'yes' },
      ],
    })
    expect(await listed('finalized')).toMatchObject([
      { title: 'What do we build after the launch?', voting_type: 'ranked', result: 'Comments', threshold_met: true, vote_count: 3 },
    ])
  })

  it('is the same when every start is killed after one change more than the one before', async () => {
    const expected = await undisturbed()
    const { instance } = await makePlace()
    let starts = 0
    for (let whole = false; !whole && starts < 100; starts++) {
      const stop = killAfter(instance, starts + 1, true)
      whole = await firstStart(instance).then(
        () => true,
        () => false,
      )
      stop()
    }
    expect(starts).toBeGreaterThan(30)
    expect(await stateOf(instance)).toEqual(expected)
  })

  it('is made once by two processes that start at the same time', async () => {
    const expected = await undisturbed()
    const { instance, database } = await makePlace()
    const other = { database, instance: await openInstance(database.url, 'http://cairn.test') }
    await Promise.all([firstStart(instance), firstStart(other.instance)])
    await other.instance.close()
    expect(await stateOf(instance)).toEqual(expected)
  })

  it('does not hinder the start if its next step is refused, because people have worked since it was begun', async () => {
    const said = vi.spyOn(log, 'warn').mockImplementation(() => {})
    const { instance } = await makePlace()
    const stop = killAfter(instance, 7, true)
    await expect(firstStart(instance)).rejects.toThrow('killed')
    stop()
    const owner = await ensureOwner(instance)
    const actor = { actor_id: owner.principal_id, key_id: null, session_id: null, via: 'web' as const }
    await execute(instance, createGroup, { actor, input: { slug: 'product-team', name: 'Our product', description: '' } })
    await firstStart(instance)
    expect(said).toHaveBeenCalledWith(expect.stringContaining('The demo data stays incomplete'), expect.any(DomainError))
    const before = await stateOf(instance)
    await firstStart(instance)
    expect(await stateOf(instance)).toEqual(before)
    expect(said).toHaveBeenCalledTimes(1)
  })

  it('stays incomplete when its keys are no longer valid, rather than being doubled [H4]', async () => {
    const said = vi.spyOn(log, 'warn').mockImplementation(() => {})
    const { instance, database } = await makePlace()
    const stop = killAfter(instance, 9, true)
    await expect(firstStart(instance)).rejects.toThrow('killed')
    stop()
    const before = await stateOf(instance)
    await administer(database.ownerUrl, `update auth.settings set value = '2020-01-01T00:00:00.000Z' where name = 'demo'`)
    await firstStart(instance)
    expect(await stateOf(instance)).toEqual(before)
    expect(said).toHaveBeenCalledOnce()
  })

  it('is not added to a database that already has a group', async () => {
    const { instance } = await makePlace()
    const owner = await ensureOwner(instance)
    const actor = { actor_id: owner.principal_id, key_id: null, session_id: null, via: 'web' as const }
    await execute(instance, createGroup, { actor, input: { slug: 'ours', name: 'Ours', description: '' } })
    await firstStart(instance)
    expect((await stateOf(instance)).groups).toEqual([['ours', 'Ours', 'Owner']])
  })
})
