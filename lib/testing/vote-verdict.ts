import type { Proposal } from '@/lib/domain/entities'
import { type Copy, roleIn } from './copy'
import { suffices } from './recount'
import { isThere, standing } from './vote-rules'

const ballotsOf = ({ ballots }: Copy, { proposal_id, round }: Proposal): Map<string, string> =>
  new Map(
    [...ballots.values()].flatMap((row) => (row.proposal_id === proposal_id && row.round === round ? [[row.voter_id, row.vote]] : [])),
  )

/** How a proposal stands by its rows and the clock, before any event says so. */
const standingOf = (rows: Copy, proposal: Proposal, now: string) => {
  const { group_id, electorate, threshold_type: threshold, deadline } = proposal
  const { yes, left } = standing(rows, group_id, electorate, ballotsOf(rows, proposal))
  const met = suffices(threshold, yes, electorate.length)
  const isGate = proposal.checkpoint_id !== null
  const isOver = deadline !== null && deadline <= now
  const isSealed = proposal.status === 'finalized'
  return {
    isGate,
    isSealed,
    isOver,
    isDecided: isOver || met || !suffices(threshold, yes + left, electorate.length),
    isRejected: isSealed ? proposal.threshold_met === false : isGate && isOver && !met,
  }
}

/** G1: what a call about a vote must come to, told from the rows alone, if the caller is a member and may make it: the code of its refusal, or `done`. */
export const verdictOfVote = (rows: Copy, move: string, caller: string, input: object, now: string): string | null => {
  const proposal = 'proposal_id' in input ? rows.proposals.get(String(input.proposal_id)) : undefined
  if (!proposal || roleIn(rows, proposal.group_id, caller) === null) return null
  const { isGate, isSealed, isOver, isDecided, isRejected } = standingOf(rows, proposal, now)
  if (move === 'finalize') return isSealed ? 'proposal_finalized' : !isGate || isDecided ? 'done' : 'undecided'
  if (move === 'start_round') return isGate && isRejected ? 'done' : 'not_rejected'
  if (move !== 'vote' || !('vote' in input)) return null
  if (isGate && !(proposal.electorate.includes(caller) && isThere(rows, proposal.group_id, caller))) return 'forbidden'
  const round = 'round' in input ? input.round : null
  const isNew = proposal.round > 1 && Date.parse(now) - Date.parse(proposal.round_started_at ?? '') < 60_000
  if (round === null ? isNew : round !== proposal.round) return 'version_mismatch'
  if (isSealed || isOver) return 'proposal_finalized'
  if (ballotsOf(rows, proposal).has(caller)) return 'already_voted'
  return isValid(proposal, String(input.vote)) ? 'done' : 'invalid'
}

const isValid = ({ voting_type, options }: Proposal, vote: string): boolean => {
  if (voting_type === 'yes_no') return /^(yes|no)$/i.test(vote)
  const named = vote.split(',').map((option) => option.trim())
  const most = voting_type === 'single' ? 1 : options.length
  return named.length === most && new Set(named).size === most && named.every((option) => options.includes(option))
}
