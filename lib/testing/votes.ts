import type { Event } from '@/lib/domain/events'
import type { Step } from './call-checker'
import { type Copy, roleIn, same } from './copy'
import {
  hasLapsed,
  isOwn,
  isVoter,
  type Round,
  type Vote,
  type Wrongs,
  wrongBallot,
  wrongBeginning,
  wrongCompletion,
  wrongSeal,
} from './vote-rules'

/** What changes what is voted on. */
const CONTENT: ReadonlySet<Event['type']> = new Set([
  'checkpoint.updated',
  'checkpoint.dependency_added',
  'checkpoint.dependency_removed',
  'checkpoint.relinked',
  'checkpoint.reopened',
] as const)

/** What makes somebody one who may vote. */
const ARRIVALS: ReadonlySet<Event['type']> = new Set(['member.added', 'key.created', 'agent_profile.resumed'] as const)

/** All votes of a workspace as its log tells them, by which each call is judged by G1. */
export class Votes {
  private readonly votes = new Map<string, Vote>()
  /** The number of the last event that changed the content of a checkpoint. */
  private readonly content = new Map<string, number>()
  private readonly doneBy = new Map<string, string>()

  constructor(log: readonly Event[]) {
    for (const event of log) this.learn(event)
  }

  judge(step: Step, input: object): string[] {
    if (step.events.length === 0) return []
    const stated = 'total_eligible_voters' in input ? Number(input.total_eligible_voters) : null
    for (const vote of this.votes.values()) if (hasLapsed(step, vote)) vote.round.lapsed = true
    const broken = this.strangers(step)
    for (const event of step.events) {
      for (const [is, what] of this.wrongs(step, event, stated)) if (is) broken.push(`G1: ${event.type} ${event.seq}: ${what}`)
      this.learn(event)
    }
    return [...broken, ...this.differing(step.after)]
  }

  private wrongs(step: Step, event: Event, stated: number | null): Wrongs {
    const vote = 'proposal_id' in event.data ? this.votes.get(event.data.proposal_id ?? '') : undefined
    if (event.type === 'proposal.opened' || event.type === 'proposal.round_started') {
      const changed = step.events.some(({ type, checkpoint_id }) => CONTENT.has(type) && checkpoint_id === event.checkpoint_id)
      return wrongBeginning(step, event, vote, this.lastDone(step, event.checkpoint_id ?? ''), changed)
    }
    if (event.type === 'ballot.cast') return vote ? wrongBallot(step, event, vote) : [[true, 'it is for nothing']]
    if (event.type === 'proposal.finalized') return vote ? wrongSeal(step, event, vote, stated) : [[true, 'it seals nothing']]
    if (event.type !== 'checkpoint.completed') return []
    const gate = [...this.votes.values()].find(({ checkpoint }) => checkpoint === event.checkpoint_id)
    return gate ? wrongCompletion(gate.round, this.content.get(event.checkpoint_id ?? '') ?? 0) : []
  }

  private lastDone({ before, now }: Step, checkpoint_id: string): string | null {
    const row = before.checkpoints.get(checkpoint_id)
    const lapsed = row?.claim_expires_at != null && row.claim_expires_at <= now ? row.claimed_by : null
    return lapsed ?? this.doneBy.get(checkpoint_id) ?? null
  }

  /** That exactly those who can vote from now on have joined the electorates of the open gates. */
  private strangers(step: Step): string[] {
    const { after, events, now } = step
    const arrived = events.flatMap(({ type, data }) => (ARRIVALS.has(type) && 'principal_id' in data ? [data.principal_id] : []))
    const added = events.flatMap(({ type, data }) => (type === 'proposal.voter_added' ? [`${data.proposal_id} ${data.voter_id}`] : []))
    const expected = new Set<string>()
    for (const [id, { group, milestone, checkpoint, proposer, round }] of this.votes) {
      if (checkpoint === null || round.passed !== null || (round.deadline !== null && round.deadline <= now)) continue
      for (const who of arrived) {
        const may = roleIn(after, group, who) !== null && isVoter(after, now, group, milestone, round.everyone, who)
        const own = round.selfless && isOwn(after, who, proposer, this.lastDone(step, checkpoint))
        if (!round.electorate.has(who) && may && !own) expected.add(`${id} ${who}`)
      }
    }
    return same(added, [...expected]) ? [] : [`G1: ${added} joined electorates, and those who can vote from now on are ${[...expected]}`]
  }

  /** That the rows say what the log says. */
  private differing({ proposals, ballots }: Copy): string[] {
    const told = [...this.votes].map(([id, { round }]) => `${id} ${round.number} ${round.passed} ${[...round.electorate].sort()}`)
    const kept = [...proposals.values()].map((row) => `${row.proposal_id} ${row.round} ${row.threshold_met} ${[...row.electorate].sort()}`)
    const cast = [...this.votes].flatMap(([id, { round }]) => round.ballots.map(({ voter, vote }) => `${id} ${voter} ${vote}`))
    const present = [...ballots.values()].filter(({ proposal_id, round }) => proposals.get(proposal_id)?.round === round)
    const rows = present.map(({ proposal_id, voter_id, vote }) => `${proposal_id} ${voter_id} ${vote}`)
    return same(told, kept) && same(cast, rows) ? [] : [`G1: the rows of votes are ${kept} ${rows}, and the log says ${told} ${cast}`]
  }

  private learn(event: Event): void {
    const { type, data, checkpoint_id, milestone_id, group_id, actor_id, seq } = event
    if (CONTENT.has(type) && checkpoint_id) this.content.set(checkpoint_id, seq)
    if ((type === 'checkpoint.completed' || type === 'checkpoint.failed') && checkpoint_id) this.doneBy.set(checkpoint_id, actor_id)
    if (type === 'claim.expired' && checkpoint_id) this.doneBy.set(checkpoint_id, data.held_by)
    if (type === 'checkpoint.deleted' || type === 'checkpoint.withdrawn' || type === 'checkpoint.gate_lifted')
      this.forget((vote) => vote.checkpoint !== null && vote.checkpoint === checkpoint_id)
    if (type === 'milestone.deleted') this.forget((vote) => vote.milestone !== null && vote.milestone === milestone_id)
    const by = { group: group_id ?? '', proposer: actor_id }
    if (type === 'proposal.created') {
      const { voting_type: kind, options, ...facts } = data
      this.votes.set(data.proposal_id, { ...by, milestone: null, checkpoint: null, kind, options, round: begun(1, facts) })
    }
    if (type === 'proposal.opened') {
      const round = begun(1, data)
      this.votes.set(data.proposal_id, { ...by, milestone: milestone_id, checkpoint: checkpoint_id, kind: 'yes_no', options: [], round })
    }
    const vote = 'proposal_id' in data ? this.votes.get(data.proposal_id ?? '') : undefined
    if (!vote) return
    if (type === 'proposal.round_started') vote.round = begun(data.round, data)
    if (type === 'proposal.voter_added') vote.round.electorate.add(data.voter_id)
    if (type === 'ballot.cast') vote.round.ballots.push({ voter: actor_id, vote: data.vote, seq })
    if (type === 'proposal.finalized') Object.assign(vote.round, { passed: data.threshold_met, uncounted: data.uncounted })
  }

  private forget(ends: (vote: Vote) => boolean): void {
    for (const [id, vote] of this.votes) if (ends(vote)) this.votes.delete(id)
  }
}

type Begun = Partial<Extract<Event, { type: 'proposal.opened' }>['data']> & { threshold_type?: string }

const begun = (number: number, { electorate, threshold_type, deadline, voters, no_self_approval, auto_finalize }: Begun): Round => ({
  number,
  electorate: new Set(electorate),
  threshold: threshold_type ?? 'majority',
  deadline: deadline ?? null,
  automatic: auto_finalize === true,
  everyone: voters !== 'people',
  selfless: no_self_approval !== false,
  ballots: [],
  passed: null,
  uncounted: [],
  lapsed: false,
})
