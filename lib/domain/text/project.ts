import type { Overview } from '../schemas/overview'
import type { Project } from '../schemas/project'
import { CHECKPOINT_STATES } from '../state'
import { titled, wordOf } from './checkpoint'
import { counted, lines, quote, words } from './quote'
import { nextPage, type Say } from './say'

const projectLine = ({ project_id, title, status, milestone_count, is_default }: Project): string =>
  words(project_id, titled(title), status, counted(milestone_count, 'milestone'), is_default && 'default')

export const projectText = (project: Project): string =>
  lines(projectLine(project), project.url, project.description !== '' && `description ${quote(project.description)}`)

type Listed = { projects: Project[]; next_cursor: string | null }

export const projectsText = ({ projects, next_cursor }: Listed, say: Say, asked: object): string =>
  lines(projects.length === 0 && 'no projects', projects.map(projectLine), nextPage(say, 'list_projects', { ...asked }, next_cursor))

export const overviewText = ({ projects }: Overview): string =>
  lines(
    projects.length === 0 && 'no projects',
    projects.map(({ project, group_slug, counts }) =>
      words(
        projectLine(project),
        `in ${group_slug}`,
        ...CHECKPOINT_STATES.flatMap((state) => (counts[state] > 0 ? [`${counts[state]} ${wordOf(state)}`] : [])),
      ),
    ),
  )
