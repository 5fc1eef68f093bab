import * as z from 'zod'

export const ProjectStatus = z.enum(['active', 'completed', 'archived'])

export const Project = z
  .object({
    project_id: z.string(),
    group_id: z.string(),
    title: z.string(),
    description: z.string(),
    slug: z.string(),
    color: z.string(),
    status: ProjectStatus,
    is_default: z.boolean(),
    created_by: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    completed_at: z.string().nullable(),
    completed_by: z.string().nullable(),
    archived_at: z.string().nullable(),
    archived_by: z.string().nullable(),
    reopened_at: z.string().nullable(),
    reopened_by: z.string().nullable(),
    milestone_count: z.int(),
    badge_public: z.boolean(),
    url: z.string(),
  })
  .meta({ id: 'Project' })

export type ProjectStatus = z.infer<typeof ProjectStatus>
export type Project = z.infer<typeof Project>
