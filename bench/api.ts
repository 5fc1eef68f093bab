import type { HttpCall } from './load'
import type { App } from './server'

export type Api = { post: (path: string, body: object) => Promise<Record<string, string>> }

export const bearer = ({ key }: Pick<App, 'key'>): string => `Authorization: Bearer ${key}`

export const openApi = ({ origin, key }: App): Api => ({
  post: async (path, body) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const response = await fetch(`${origin}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = await response.json()
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${JSON.stringify(answer).slice(0, 300)}`)
    return answer.data
  },
})

/** A plan whose checkpoints form one chain of this size. */
export const chainPlan = (size: number, project_id?: string) => ({
  title: `A chain of ${size}`,
  ...(project_id ? { project_id } : {}),
  checkpoints: Array.from({ length: size }, (_, at) => ({ title: `Step ${at + 1} of the chain`, depends_on: at > 0 ? [at] : [] })),
})

/** Makes milestones, so many at a time, and returns their ids. */
export const makeMilestones = async ({ post }: Api, group_id: string, count: number, plan: object, together = 16): Promise<string[]> => {
  const made: string[] = []
  let left = count
  const work = async () => {
    while (left-- > 0) {
      const { milestone_id } = await post(`/groups/${group_id}/milestones`, plan)
      if (milestone_id) made.push(milestone_id)
    }
  }
  await Promise.all(Array.from({ length: together }, work))
  return made
}

export const completion = (milestone_id: string, order: number): HttpCall => [
  'POST',
  `/api/milestones/${milestone_id}/checkpoints/${order}/complete`,
  '{}',
]
