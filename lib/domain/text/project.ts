import type { Overview } from '../schemas/overview'
import type { Project } from '../schemas/project'
import { CHECKPOINT_STATES } from '../state'
import { wordOf } from './checkpoint'
import { lines, nextPage, quote, words } from './quote'

const projectLine = ({ project_id, title, status, milestone_count, is_default }: Project): string =>
  words(
    project_id,
    quote(title),
    status !== 'active' && status,
    `${milestone_count} ${milestone_count === 1 ? 'milestone' : 'milestones'}`,
    is_default && 'default',
  )

export const projectText = (project: Project): string =>
  lines(projectLine(project), project.url, project.description !== '' && `description ${quote(project.description)}`)

export const projectsText = ({ projects, next_cursor }: { projects: Project[]; next_cursor: string | null }): string =>
  lines(projects.length === 0 && 'no projects', projects.map(projectLine), nextPage(next_cursor))

export const overviewText = ({ projects }: Overview): string =>
  lines(
    projects.length === 0 && 'no projects',
    projects.map(({ project, group_slug, counts }) =>
      words(
        projectLine(project),
        `in ${group_slug}:`,
        ...CHECKPOINT_STATES.flatMap((state) => (counts[state] > 0 ? [`${counts[state]} ${wordOf(state)}`] : [])),
      ),
    ),
  )
