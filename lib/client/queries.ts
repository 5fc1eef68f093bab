import { queryOptions, replaceEqualDeep } from '@tanstack/react-query'
import type { Graph } from '@/lib/domain/schemas/graph'

export const GRAPHS = ['graph'] as const

export type GraphAt = { graph: Graph; seq: number }

export const projectGraphQuery = (project_id: string) => graphQuery('projects', project_id)
export const milestoneGraphQuery = (milestone_id: string) => graphQuery('milestones', milestone_id)

function graphQuery(noun: 'projects' | 'milestones', id: string) {
  return queryOptions<GraphAt>({
    queryKey: [...GRAPHS, noun, id],
    queryFn: async ({ signal }) => {
      const { data, seq } = await read<Graph>(`/api/${noun}/${id}/graph`, signal)
      return { graph: data, seq }
    },
    structuralSharing: (shown, answer) => newerOf(asGraphAt(shown), asGraphAt(answer)),
    staleTime: 10_000,
    refetchOnWindowFocus: 'always',
    retry: 1,
  })
}

/** An answer that was overtaken on its way never replaces what is shown. */
function newerOf(shown: GraphAt | undefined, answer: GraphAt | undefined) {
  if (!shown || !answer) return answer
  return answer.seq < shown.seq ? shown : replaceEqualDeep(shown, answer)
}

/** structuralSharing is typed unknown by the library; both sides are this query's own data. */
function asGraphAt(value: unknown) {
  return value as GraphAt | undefined
}

async function read<T>(path: string, signal: AbortSignal): Promise<{ data: T; seq: number }> {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } })
  const body = await response.json()
  if (!body.success) throw new Error(body.message)
  return body
}
