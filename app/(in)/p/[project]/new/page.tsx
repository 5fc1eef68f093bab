import type { Metadata } from 'next'
import { MilestoneForm } from '@/components/milestone/milestone-form'
import { rowCount } from '@/components/milestone/milestone-rows'
import { farChoices } from '@/components/plan/choices'
import { crumbsOfGroup, Page } from '@/components/shell/page'
import { PageTitle } from '@/components/ui/page-title'
import { withoutBlockers } from '@/lib/client/graph'
import { readPlan } from '@/lib/client/plan'
import { getProjectGraph } from '@/lib/operations/graph'
import { readPage } from '@/lib/transport/page'

export const metadata: Metadata = { title: 'New milestone' }

type Props = { params: Promise<{ project: string }>; searchParams: Promise<{ rows?: string | string[] }> }

export default async function NewMilestonePage({ params, searchParams }: Props) {
  const { project: project_id } = await params
  const { rows } = await searchParams
  const { data: graph } = await readPage(getProjectGraph, { project_id })
  const { project, group } = graph
  return (
    <Page
      crumbs={[...crumbsOfGroup(group), { label: project.title, href: `/p/${project_id}` }, { label: 'New milestone' }]}
      group={group.slug}
    >
      <div className="grid gap-5 px-5 pt-4.5 pb-10">
        <PageTitle>New milestone</PageTitle>
        <MilestoneForm project={project} far={farChoices(readPlan(withoutBlockers(graph)), null)} count={rowCount(rows)} />
      </div>
    </Page>
  )
}
