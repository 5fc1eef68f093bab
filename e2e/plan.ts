import type { APIRequestContext, Page } from '@playwright/test'
import { expect } from './test'

export type Planned = { group: string; project_id: string; milestone_id: string; checkpoints: string[] }

type Step = { title: string; depends_on?: (number | string)[]; requires_consensus?: boolean; git_pr_url?: string }

/** An agent's side: the same calls that any client makes over HTTP. */
export function agent(request: APIRequestContext, key: string) {
  const headers = { authorization: `Bearer ${key}` }

  async function call(method: 'get' | 'post' | 'patch', path: string, data: object = {}) {
    const response = await request[method](`/api${path}`, { headers, ...(method !== 'get' && { data }) })
    return { status: response.status(), body: await response.json() }
  }

  async function done(method: 'get' | 'post' | 'patch', path: string, data?: object) {
    const { body } = await call(method, path, data)
    expect(body.success, `${method} ${path}: ${body.message}`).toBe(true)
    return body.data
  }

  return {
    call,
    done,
    /** A group and a project of their own, so that no test sees what another made. */
    async makeProject(title: string) {
      const slug = `team-${crypto.randomUUID().slice(0, 8)}`
      const { group_id } = await done('post', '/groups', { name: slug, slug })
      const { project_id } = await done('post', `/groups/${group_id}/projects`, { title })
      return { group: slug, group_id: String(group_id), project_id: String(project_id) }
    },
    async plan(project: { group: string; project_id: string }, title: string, checkpoints: Step[]): Promise<Planned> {
      const milestone = await done('post', `/groups/${project.group}/milestones`, { title, project_id: project.project_id, checkpoints })
      return {
        group: project.group,
        project_id: project.project_id,
        milestone_id: milestone.milestone_id,
        checkpoints: milestone.checkpoints.map(({ checkpoint_id }: { checkpoint_id: string }) => checkpoint_id),
      }
    },
    complete: (milestone_id: string, order: number) => call('post', `/milestones/${milestone_id}/checkpoints/${order}/complete`),
    reopen: (milestone_id: string, order: number) =>
      done('post', `/milestones/${milestone_id}/checkpoints/${order}/reopen`, { reason: 'It was not done' }),
  }
}

export const CHAIN: Step[] = [
  { title: 'Design approved' },
  { title: 'Implementation complete', depends_on: [1] },
  { title: 'Tests passing', depends_on: [2] },
  { title: 'Deployed to production', depends_on: [3] },
]

/** A checkpoint's row in the list, by its own title: rows also name what they wait for. */
export const row = (page: Page, title: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name: title, exact: true }) })
