import type { Project } from '../entities'
import type * as Wire from '../schemas/project'

export const viewProject = (project: Project, origin: string): Wire.Project => ({
  ...project,
  badge_public: false,
  url: `${origin}/p/${project.project_id}`,
})
