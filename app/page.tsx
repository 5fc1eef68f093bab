import type { Metadata } from 'next'
import { ProjectList } from '@/components/project/project-list'
import { Shell } from '@/components/shell/shell'
import { listProjectOverview } from '@/lib/operations/overview'
import { readPage, readPerson } from '@/lib/transport/page'

export const metadata: Metadata = { title: 'Projects' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function ProjectsPage({ searchParams }: Props) {
  const { status, group, new: creating } = await searchParams
  const [overview, person] = await Promise.all([readPage(listProjectOverview, {}), readPerson()])
  const slug = typeof group === 'string' ? group : null
  return (
    <Shell person={person} groups={overview.groups} crumbs={[]} group={slug ?? undefined}>
      <ProjectList
        overview={overview}
        status={status === 'completed' || status === 'archived' ? status : 'active'}
        group={slug}
        creating={creating === 'project' || creating === 'group' ? creating : null}
      />
    </Shell>
  )
}
