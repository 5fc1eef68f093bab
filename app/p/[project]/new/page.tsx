import type { Metadata } from 'next'
import { farChoices } from '@/components/milestone/choices'
import { MilestoneForm } from '@/components/milestone/milestone-form'
import { Shell } from '@/components/shell/shell'
import { readPlan } from '@/lib/client/plan'
import { getProjectGraph } from '@/lib/operations/graph'
import { listGroups } from '@/lib/operations/groups'
import { readPage, readPerson } from '@/lib/transport/page'

export const metadata: Metadata = { title: 'New milestone' }

export default async function NewMilestonePage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params
  const [graph, { groups }, person] = await Promise.all([
    readPage(getProjectGraph, { project_id: project }),
    readPage(listGroups, {}),
    readPerson(),
  ])
  return (
    <Shell
      person={person}
      groups={groups}
      crumbs={[{ label: 'Projects', href: '/' }, { label: graph.project.title, href: `/p/${project}` }, { label: 'New milestone' }]}
      group={graph.group.slug}
    >
      <div className="grid gap-5 px-5 py-4 pb-10">
        <h1 className="text-[17px] leading-6 font-semibold tracking-tight">New milestone</h1>
        <MilestoneForm project={graph.project} far={farChoices(readPlan(graph), null)} />
      </div>
    </Shell>
  )
}
