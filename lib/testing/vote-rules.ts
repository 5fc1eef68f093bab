import type { Event } from '@/lib/domain/events'
import type { Step } from './call-checker'
import { type Copy, roleIn, same } from './copy'
import { aloneInFront, elect, passes, suffices, times } from './recount'

// G1, implemented a second time like the other rules of checker.ts, from its text alone.

/** A round of a vote, as the log tells it. */
export type Round = {
  number: number
  electorate: Set<string>
  threshold: string
  deadline: string | null
  automatic: boolean
  everyone: boolean
  selfless: boolean
  ballots: { voter: string; vote: string; seq: number }[]
  passed: boolean | null
  uncounted: readonly string[]
  /** Whether its deadline has found it without enough votes. */
  lapsed: boolean
}
export type Vote = {
  group: string
  milestone: string | null
  checkpoint: string | null
  proposer: string
  kind: string
  options: readonly string[]
  round: Round
}

/** Sentences about an event, of which none may be true. */
export type Wrongs = readonly (readonly [is: boolean, what: string])[]

type EventOf<T extends Event['type']> = Extract<Event, { type: T }>

/** Whether a member's ballot counts: still in the group, and not suspended. */
export const isThere = (rows: Copy, group_id: string, id: string): boolean => {
  const principal = rows.principals.get(id)
  return roleIn(rows, group_id, id) !== null && principal?.suspended_at === null && principal.deleted_at === null
}

/** How many of an electorate voted yes and count, and how many may still vote. */
export const standing = (rows: Copy, group_id: string, electorate: Iterable<string>, votes: ReadonlyMap<string, string>) => {
  const there = [...electorate].filter((id) => isThere(rows, group_id, id))
  return { yes: there.filter((id) => votes.get(id) === 'yes').length, left: there.filter((id) => !votes.has(id)).length }
}

/** A person of the group, or an active agent of it with a live key of it that may vote on the milestone. */
export const isVoter = (rows: Copy, now: string, group_id: string, milestone_id: string | null, everyone: boolean, id: string): boolean => {
  const who = rows.principals.get(id)
  if (who?.kind === 'user') return true
  if (!who || !everyone || who.suspended_at !== null || who.deleted_at !== null) return false
  return [...rows.keys.values()].some(
    (key) =>
      key.principal_id === id &&
      key.group_id === group_id &&
      key.revoked_at === null &&
      (key.expires_at === null || key.expires_at > now) &&
      (key.milestone_id === null || key.milestone_id === milestone_id) &&
      key.permissions['proposals:vote'] !== false,
  )
}

/** Whether somebody would approve their own work, or that of the person who answers for them. */
export const isOwn = (rows: Copy, id: string, proposer: string, lastDone: string | null): boolean => {
  const behind = rows.principals.get(id)?.accountable_id
  return [proposer, lastDone].some((own) => own !== null && (own === id || own === behind))
}

const HOUR = 3_600_000

/** @param vote the vote whose next round begins, if it is not the first @param changed whether the call changes what is voted on */
export const wrongBeginning = (
  { before, now }: Step,
  event: EventOf<'proposal.opened' | 'proposal.round_started'>,
  vote: Vote | undefined,
  lastDone: string | null,
  changed: boolean,
): Wrongs => {
  const group = before.groups.get(event.group_id ?? '')
  if (!group) return [[true, 'it is of no group']]
  const { group_id, gate_threshold, gate_deadline_hours, gate_voters, gate_auto_finalize } = group
  const { electorate = [], ...facts } = event.data
  const members = [...before.principals.keys()].filter((who) => roleIn(before, group_id, who) !== null)
  const may = members.filter((who) => isVoter(before, now, group_id, event.milestone_id, gate_voters === 'everyone', who))
  const others = may.filter((who) => !group.no_self_approval || !isOwn(before, who, vote?.proposer ?? event.actor_id, lastDone))
  const expected = others.length > 0 ? others : may
  const until = gate_deadline_hours === null ? null : new Date(Date.parse(now) + gate_deadline_hours * HOUR).toISOString()
  return [
    [facts.threshold_type !== gate_threshold || facts.voters !== gate_voters, 'its threshold or voters are not those of the group'],
    [facts.no_self_approval !== group.no_self_approval || facts.auto_finalize !== gate_auto_finalize, 'its settings are not the group’s'],
    [facts.deadline !== until, `its deadline is ${facts.deadline} and not ${until}`],
    [!same(expected, electorate), `its electorate is ${electorate} and not ${expected}`],
    ...(event.type === 'proposal.opened' ? [] : wrongRound(event, vote, changed)),
  ]
}

const wrongRound = ({ data }: EventOf<'proposal.round_started'>, vote: Vote | undefined, changed: boolean): Wrongs => [
  [data.round !== (vote?.round.number ?? 0) + 1, `it begins round ${data.round} after ${vote?.round.number}`],
  [!changed && (vote?.round.passed !== false || !data.reason), 'it begins without a change, and without a rejection and a reason'],
]

export const wrongBallot = ({ before, now }: Step, { actor_id, data }: EventOf<'ballot.cast'>, vote: Vote): Wrongs => {
  const { number, passed, deadline, electorate, ballots } = vote.round
  return [
    [data.round !== number, `it is for round ${data.round}, and round ${number} is present`],
    [passed !== null || (deadline !== null && deadline <= now), 'it comes too late'],
    [!isThere(before, vote.group, actor_id), 'its voter is not there'],
    [vote.checkpoint !== null && !electorate.has(actor_id), 'its voter is not in the electorate'],
    [ballots.some(({ voter }) => voter === actor_id), 'its voter has voted'],
    [!isOption(vote, data.vote), `it says ${data.vote}`],
  ]
}

const isOption = ({ kind, options }: Vote, vote: string): boolean => {
  if (kind === 'yes_no') return vote === 'yes' || vote === 'no'
  return kind === 'single' ? options.includes(vote) : same(vote.split(','), options)
}

/** @param stated how many may vote, as whoever finalizes says it */
export const wrongSeal = (step: Step, { data }: EventOf<'proposal.finalized'>, vote: Vote, stated: number | null): Wrongs => {
  const { group, checkpoint, kind, options, round } = vote
  const isIn = (voter: string) => checkpoint === null || round.electorate.has(voter)
  const counting = round.ballots.filter(({ voter }) => isThere(step.before, group, voter) && isIn(voter))
  const said = counting.map((ballot) => ballot.vote)
  const others = round.ballots.filter((ballot) => !counting.includes(ballot)).map(({ voter }) => voter)
  const { tally, ...outcome } = outcomeOf(kind, options, said)
  return [
    [round.passed !== null, 'it was sealed'],
    [round.lapsed && data.threshold_met, 'its deadline had rejected it'],
    [!same(others, data.uncounted), `those who do not count are ${others} and not ${data.uncounted}`],
    [told(tally) !== told(data.tally), `its tally is ${told(data.tally)} and not ${told(tally)}`],
    ...(checkpoint === null ? wrongResult(step, data, vote, outcome, said.length, stated) : wrongPassing(step, data, vote, said.length)),
  ]
}

const told = (tally: object): string => JSON.stringify(Object.entries(tally).sort(([a], [b]) => (a < b ? -1 : 1)))

/** What ballots come to. */
const outcomeOf = (kind: string, options: readonly string[], said: readonly string[]) => {
  const choices = kind === 'yes_no' ? ['yes', 'no'] : options
  const tally = Object.fromEntries(choices.map((choice) => [choice, times(said, choice)]))
  if (kind === 'ranked') {
    const { winner, votes, rounds } = elect(options, said)
    return { tally: rounds[0] ?? tally, result: winner, leading: votes }
  }
  const leading = kind === 'yes_no' ? times(said, 'yes') : Math.max(...Object.values(tally))
  return { tally, result: aloneInFront(said, choices), leading }
}

type Sealed = EventOf<'proposal.finalized'>['data']
type Result = { result: string | null; leading: number }

const wrongResult = (
  { before }: Step,
  data: Sealed,
  vote: Vote,
  { result, leading }: Result,
  ballots: number,
  stated: number | null,
): Wrongs => {
  const members = [...before.roles.keys()].filter((key) => key.startsWith(`${vote.group} `)).length
  const met = passes(vote.round.threshold, leading, ballots, data.eligible)
  return [
    [data.eligible !== (stated ?? members), `it is counted over ${data.eligible}`],
    [data.result !== result || data.threshold_met !== met, `it came to ${data.result}, ${data.threshold_met}`],
  ]
}

const wrongPassing = ({ before, now }: Step, data: Sealed, { group, round }: Vote, ballots: number): Wrongs => {
  const of = round.electorate.size
  const { yes, left } = standing(before, group, round.electorate, new Map(round.ballots.map(({ voter, vote }) => [voter, vote])))
  const met = suffices(round.threshold, yes, of)
  const isDecided = met || !suffices(round.threshold, yes + left, of)
  const isOver = round.deadline !== null && round.deadline <= now
  return [
    [data.eligible !== of, `it is counted over ${data.eligible} of ${of}`],
    [data.threshold_met !== met, `${yes} of ${of} voted yes, and it is ${data.threshold_met}`],
    [data.result !== (ballots === 0 ? null : met ? 'yes' : 'no'), `its result is ${data.result}`],
    [data.by === 'deadline' ? met || !isOver : !isDecided, 'it is sealed undecided, or passes by the clock'],
    [data.by === 'ballot' && !round.automatic, 'a ballot seals it, and the group does not want that'],
  ]
}

/** Whether a gate is rejected by the clock alone. */
export const hasLapsed = ({ before, now }: Step, { group, checkpoint, round }: Vote): boolean => {
  if (checkpoint === null || round.passed !== null || round.deadline === null || round.deadline > now) return false
  const { yes } = standing(before, group, round.electorate, new Map(round.ballots.map(({ voter, vote }) => [voter, vote])))
  return !suffices(round.threshold, yes, round.electorate.size)
}

/** @param since the number of the event that last changed what is completed */
export const wrongCompletion = ({ ballots, uncounted, passed, electorate, threshold }: Round, since: number): Wrongs => {
  const counting = ballots.filter(({ voter, seq }) => electorate.has(voter) && !uncounted.includes(voter) && seq > since)
  const yes = counting.filter(({ vote }) => vote === 'yes').length
  const isApproved = passed === true && suffices(threshold, yes, electorate.size)
  return [[!isApproved, `${yes} of ${electorate.size} have voted for what is completed`]]
}
