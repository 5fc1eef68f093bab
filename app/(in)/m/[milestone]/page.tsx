import type { Metadata } from 'next'
import { cache } from 'react'
import { MilestoneScreen } from '@/components/milestone/milestone-screen'
import { crumbsOfGroup, Page } from '@/components/shell/page'
import { packGraph } from '@/lib/client/graph'
import { titleOf } from '@/lib/client/plan'
import { getMilestoneGraph } from '@/lib/operations/graph'
import { readPage } from '@/lib/transport/page'

type Props = { params: Promise<{ milestone: string }>; searchParams: Promise<{ cp?: string | string[] }> }

const readGraph = cache((milestone_id: string) => readPage(getMilestoneGraph, { milestone_id }))

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const [{ milestone }, { cp }] = await Promise.all([params, searchParams])
  const { data } = await readGraph(milestone)
  return { title: titleOf(data, 'milestone', typeof cp === 'string' ? cp : null) }
}

export default async function MilestonePage({ params }: Props) {
  const { milestone } = await params
  const { data: graph, seq } = await readGraph(milestone)
  const { project, group } = graph
  return (
    <Page
      crumbs={[
        ...crumbsOfGroup(group),
        { label: project.title, href: `/p/${project.project_id}` },
        { label: graph.milestones[0]?.title ?? 'Milestone' },
      ]}
      group={group.slug}
    >
      <MilestoneScreen source={{ noun: 'milestone', id: milestone, graph: packGraph(graph), seq, now: Date.now() }} />
    </Page>
  )
}
