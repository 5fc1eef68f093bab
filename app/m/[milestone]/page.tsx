import type { Metadata } from 'next'
import { cache } from 'react'
import { MilestoneScreen } from '@/components/milestone/milestone-screen'
import { Shell } from '@/components/shell/shell'
import { packGraph } from '@/lib/client/graph'
import { titleOf } from '@/lib/client/plan'
import { getMilestoneGraph } from '@/lib/operations/graph'
import { listGroups } from '@/lib/operations/groups'
import { readPage, readPerson } from '@/lib/transport/page'

type Props = { params: Promise<{ milestone: string }>; searchParams: Promise<{ cp?: string | string[] }> }

const readGraph = cache((milestone_id: string) => readPage(getMilestoneGraph, { milestone_id }))

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const [{ milestone }, { cp }] = await Promise.all([params, searchParams])
  return { title: titleOf(await readGraph(milestone), 'milestone', typeof cp === 'string' ? cp : null) }
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
      <MilestoneScreen source={{ noun: 'milestone', id: milestone, graph: packGraph(graph), now: Date.now() }} />
    </Shell>
  )
}
