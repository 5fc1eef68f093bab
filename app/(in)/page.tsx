import type { Metadata } from 'next'
import { ProjectList } from '@/components/project/project-list'
import { Page } from '@/components/shell/page'
import { listProjectOverview } from '@/lib/operations/overview'
import { readPage } from '@/lib/transport/page'

export const metadata: Metadata = { title: 'Projects' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function ProjectsPage({ searchParams }: Props) {
  const { status, group, new: creating } = await searchParams
  const { data: overview } = await readPage(listProjectOverview, {})
  const slug = typeof group === 'string' ? group : null
  return (
    <Page crumbs={[]} group={slug}>
      <ProjectList
        overview={overview}
        status={status === 'completed' || status === 'archived' ? status : 'active'}
        group={slug}
        creating={creating === 'project' || creating === 'group' ? creating : null}
      />
    </Page>
  )
}
