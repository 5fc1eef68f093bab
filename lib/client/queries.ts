import { infiniteQueryOptions, queryOptions, replaceEqualDeep } from '@tanstack/react-query'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import type { Graph as ApiGraph } from '@/lib/domain/schemas/graph'
import { type Graph, withoutBlockers } from './graph'
import { type ReadError, read } from './read'

export const GRAPHS = ['graph'] as const

/** How long after a failure a graph is asked for again. */
const AGAIN_AFTER_MS = 5_000

export type GraphAt = { graph: Graph; seq: number }

export const projectGraphQuery = (project_id: string) => graphQuery('projects', project_id)
export const milestoneGraphQuery = (milestone_id: string) => graphQuery('milestones', milestone_id)

function graphQuery(noun: 'projects' | 'milestones', id: string) {
  return queryOptions<GraphAt, ReadError>({
    queryKey: [...GRAPHS, noun, id],
    queryFn: async ({ signal }) => {
      const { data, seq } = await read<ApiGraph>(`/api/${noun}/${id}/graph`, signal)
      return { graph: withoutBlockers(data), seq }
    },
    structuralSharing: (shown, answer) => newerOf(asGraphAt(shown), asGraphAt(answer)),
    staleTime: 10_000,
    refetchOnWindowFocus: 'always',
    // The browser may say that there is no network although the server is reached, and the other way round: only trying tells.
    networkMode: 'always',
    refetchOnReconnect: 'always',
    retry: (failures, error) => failures < 1 && error.isPassing,
    refetchInterval: ({ state: { data, error } }) =>
      error?.isPassing ? AGAIN_AFTER_MS : data ? untilExpiry(data.graph, Date.now()) : false,
  })
}

/** When the first claim should have expired, the server is asked, because only its clock tells whether it has, and whether it was renewed. */
const AFTER_EXPIRY_MS = 1_000
/** How often it is asked as long as it still shows a claim that has expired by the clock of the browser. */
const EXPIRED_AGAIN_MS = 30_000

/** How long until a graph has to be asked for again because of the claims in it; false if there are none. */
export function untilExpiry({ milestones }: Graph, now: number): number | false {
  let least = Number.POSITIVE_INFINITY
  for (const { checkpoints } of milestones) {
    for (const { claim } of checkpoints) {
      const left = claim ? Date.parse(claim.expires_at) + AFTER_EXPIRY_MS - now : least
      least = Math.min(least, left > 0 ? left : EXPIRED_AGAIN_MS)
    }
  }
  return Number.isFinite(least) && least
}

const PAGE = 20
/** Past the end of every log, so that the first page is the newest one. */
const NEWEST = Number.MAX_SAFE_INTEGER

type HistoryPage = { events: LoggedEvent[]; next_before: number | null }

/** The events of one checkpoint, newest first, in pages. */
export function historyQuery(checkpoint_id: string) {
  return infiniteQueryOptions({
    queryKey: ['events', checkpoint_id],
    queryFn: async ({ pageParam, signal }) => {
      const address = `/api/events?checkpoint_id=${checkpoint_id}&before=${pageParam}&limit=${PAGE}`
      return (await read<HistoryPage>(address, signal)).data
    },
    initialPageParam: NEWEST,
    getNextPageParam: ({ next_before }) => next_before,
    retry: 1,
  })
}

/** An answer that is older than the graph on screen does not replace it. */
function newerOf(shown: GraphAt | undefined, answer: GraphAt | undefined) {
  if (!shown || !answer) return answer
  return answer.seq < shown.seq ? shown : replaceEqualDeep(shown, answer)
}

/** The library types the arguments of structuralSharing as unknown, but both are data of this query. */
function asGraphAt(value: unknown) {
  return value as GraphAt | undefined
}
