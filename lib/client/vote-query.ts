import { queryOptions } from '@tanstack/react-query'
import type { Proposal } from '@/lib/domain/schemas/proposal'
import { type ReadError, read } from './read'

/** How long after the deadline of a vote the server is asked, because only its clock tells whether it has passed. */
const AFTER_DEADLINE_MS = 1_000
/** The longest that a timer of a browser can be set for. */
const MOST_MS = 2 ** 31 - 1

/** One vote with its ballots. */
export const voteQuery = (proposal_id: string) =>
  queryOptions<Proposal, ReadError>({
    queryKey: ['vote', proposal_id],
    queryFn: async ({ signal }) => (await read<Proposal>(`/api/proposals/${proposal_id}`, signal)).data,
    refetchOnWindowFocus: 'always',
    networkMode: 'always',
    retry: (failures, error) => failures < 1 && error.isPassing,
    refetchInterval: ({ state: { data } }) => (data ? untilDeadline(data, Date.now()) : false),
  })

/** How long until a vote has to be asked for again because its deadline passes; false if that changes nothing any more. */
export function untilDeadline({ deadline, voting_open }: Pick<Proposal, 'deadline' | 'voting_open'>, now: number): number | false {
  if (deadline === null || !voting_open) return false
  return Math.min(Math.max(0, Date.parse(deadline) - now) + AFTER_DEADLINE_MS, MOST_MS)
}
