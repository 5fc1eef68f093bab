import type { Metadata } from 'next'
import { cache } from 'react'
import { ProjectScreen } from '@/components/milestone/project-screen'
import { Shell } from '@/components/shell/shell'
import { getProjectGraph } from '@/lib/operations/graph'
import { listGroups } from '@/lib/operations/groups'
import { readPage, readPerson } from '@/lib/transport/page'

type Props = { params: Promise<{ project: string }> }

const readGraph = cache((project_id: string) => readPage(getProjectGraph, { project_id }))

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { project } = await params
  return { title: (await readGraph(project)).project.title }
}

export default async function ProjectPage({ params }: Props) {
  const { project } = await params
  const [graph, { groups }, person] = await Promise.all([readGraph(project), readPage(listGroups, {}), readPerson()])
  return (
    <Shell
      person={person}
      groups={groups}
      crumbs={[{ label: 'Projects', href: '/' }, { label: graph.project.title }]}
      group={graph.group.slug}
    >
      <ProjectScreen source={{ noun: 'project', id: project, graph, now: Date.now() }} />
    </Shell>
  )
}
