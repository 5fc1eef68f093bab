import type { Context } from '../context'
import type { Project } from '../entities'
import type * as Wire from '../schemas/project'

export const viewProject = (project: Project, { origin }: Context): Wire.Project => ({
  project_id: project.project_id,
  group_id: project.group_id,
  title: project.title,
  description: project.description,
  slug: project.slug,
  color: project.color,
  status: project.status,
  is_default: project.is_default,
  created_by: project.created_by,
  created_at: project.created_at,
  updated_at: project.updated_at,
  completed_at: project.completed_at,
  completed_by: project.completed_by,
  archived_at: project.archived_at,
  archived_by: project.archived_by,
  reopened_at: project.reopened_at,
  reopened_by: project.reopened_by,
  milestone_count: project.milestone_count,
  badge_public: false,
  url: `${origin}/p/${project.project_id}`,
})
