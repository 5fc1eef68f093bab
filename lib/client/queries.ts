import { queryOptions, replaceEqualDeep } from '@tanstack/react-query'
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
    refetchInterval: ({ state: { error } }) => (error?.isPassing ? AGAIN_AFTER_MS : false),
  })
}

const PAGE = 1_000
const MOST_PAGES = 5

/**
 * The events of one checkpoint, oldest first. `version` is any text that changes with the checkpoint. It is part of the key, so that the events
 * are read again when the checkpoint has changed.
 */
export function historyQuery(milestone_id: string, checkpoint_id: string, version: string) {
  return queryOptions<LoggedEvent[]>({
    queryKey: ['events', milestone_id, checkpoint_id, version],
    queryFn: async ({ signal }) => {
      const found: LoggedEvent[] = []
      let after = 0
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const address = `/api/events?milestone_id=${milestone_id}&limit=${PAGE}&after=${after}`
        const { data } = await read<{ events: LoggedEvent[]; next_after: number }>(address, signal)
        found.push(...data.events.filter((event) => event.checkpoint_id === checkpoint_id))
        if (data.events.length < PAGE) break
        after = data.next_after
      }
      return found
    },
    staleTime: 10_000,
    retry: 1,
    placeholderData: (shown, query) => (query?.queryKey[2] === checkpoint_id ? shown : undefined),
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
