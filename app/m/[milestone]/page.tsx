import type { Metadata } from 'next'
import { cache } from 'react'
import { MilestoneScreen } from '@/components/milestone/milestone-screen'
import { Shell } from '@/components/shell/shell'
import { getMilestoneGraph } from '@/lib/operations/graph'
import { listGroups } from '@/lib/operations/groups'
import { readPage, readPerson } from '@/lib/transport/page'

type Props = { params: Promise<{ milestone: string }> }

const readGraph = cache((milestone_id: string) => readPage(getMilestoneGraph, { milestone_id }))

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { milestone } = await params
  return { title: (await readGraph(milestone)).milestones[0]?.title ?? 'Milestone' }
}

export default async function MilestonePage({ params }: Props) {
  const { milestone } = await params
  const [graph, { groups }, person] = await Promise.all([readGraph(milestone), readPage(listGroups, {}), readPerson()])
  return (
    <Shell
      person={person}
      groups={groups}
      crumbs={[
        { label: 'Projects', href: '/' },
        { label: graph.project.title, href: `/p/${graph.project.project_id}` },
        { label: graph.milestones[0]?.title ?? 'Milestone' },
      ]}
      group={graph.group.slug}
    >
      <MilestoneScreen source={{ noun: 'milestone', id: milestone, graph, now: Date.now() }} />
    </Shell>
  )
}
