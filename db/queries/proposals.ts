import { and, desc, eq, or, sql } from 'drizzle-orm'
import type { Caller } from '@/lib/domain/context'
import type { ProposalStatus } from '@/lib/domain/schemas/proposal'
import type { Source } from '../read'
import { ballots, checkpoints, proposals, proposalVoters } from '../schema/work'
import { beyond, type Page, pageOf } from './page'
import { memberOf, on } from './source'

/** Those of one group or, without it, of all groups in which the caller is a member. `waiting`: those on which the caller may vote and has not. */
export type ProposalFilter = { group_id?: string; status?: ProposalStatus | 'waiting' | undefined }

/** By the rows alone: a gate whose deadline has passed may be finalized or open, which hangs on its ballots. */
const having = ({ now }: Source, status: ProposalStatus) => {
  const isOver = sql`(${proposals.status} = 'open' and ${proposals.deadline} <= ${now}::timestamptz)`
  return status === 'open' ? eq(proposals.status, 'open') : or(eq(proposals.status, 'finalized'), isOver)
}

const isWaiting = ({ workspace_id, now }: Source, { principal: { principal_id } }: Caller) => {
  const isVoter = sql`exists (select from ${proposalVoters} v where v.workspace_id = ${workspace_id} and v.proposal_id = ${proposals.proposal_id} and v.voter_id = ${principal_id})`
  const hasVoted = sql`exists (select from ${ballots} b where b.workspace_id = ${workspace_id} and b.proposal_id = ${proposals.proposal_id} and b.round = ${proposals.round} and b.voter_id = ${principal_id})`
  return and(
    eq(proposals.status, 'open'),
    sql`(${proposals.deadline} is null or ${proposals.deadline} > ${now}::timestamptz)`,
    // A gate from before there were electorates has none in the rows.
    sql`(${proposals.checkpoint_id} is null or ${proposals.round_started_at} is null or ${isVoter})`,
    sql`not ${hasVoted}`,
  )
}

/** K2: the gates in the milestone of the caller's key, if it has one. */
const within = ({ workspace_id }: Source, { key }: Caller) =>
  key?.milestone_id
    ? sql`exists (select from ${checkpoints} c where c.workspace_id = ${workspace_id} and c.checkpoint_id = ${proposals.checkpoint_id} and c.milestone_id = ${key.milestone_id})`
    : undefined

/** The ids of proposals, newest first. */
export const listProposalIds = async (source: Source, caller: Caller, { group_id, status }: ProposalFilter, page: Page) => {
  const rows = await on(source)
    .select({ id: proposals.proposal_id, created_at: proposals.created_at })
    .from(proposals)
    .where(
      and(
        eq(proposals.workspace_id, source.workspace_id),
        group_id === undefined ? memberOf(source, caller, proposals.group_id) : eq(proposals.group_id, group_id),
        status === undefined ? undefined : status === 'waiting' ? isWaiting(source, caller) : having(source, status),
        within(source, caller),
        beyond(proposals.created_at, proposals.proposal_id, page.cursor, '<'),
      ),
    )
    .orderBy(desc(proposals.created_at), desc(proposals.proposal_id))
    .limit(page.limit + 1)
  return pageOf(rows, page)
}

/** How many proposals wait for the caller's ballot, counted up to a limit. */
export const countWaiting = async (source: Source, caller: Caller, most: number): Promise<number> => {
  const rows = await on(source)
    .select({ id: proposals.proposal_id })
    .from(proposals)
    .where(
      and(
        eq(proposals.workspace_id, source.workspace_id),
        memberOf(source, caller, proposals.group_id),
        isWaiting(source, caller),
        within(source, caller),
      ),
    )
    .limit(most)
  return rows.length
}
