import type { Metadata } from 'next'
import { cache } from 'react'
import { ProjectScreen } from '@/components/milestone/project-screen'
import { Shell } from '@/components/shell/shell'
import { packGraph } from '@/lib/client/graph'
import { titleOf } from '@/lib/client/plan'
import { getProjectGraph } from '@/lib/operations/graph'
import { listGroups } from '@/lib/operations/groups'
import { readPage, readPerson } from '@/lib/transport/page'

type Props = { params: Promise<{ project: string }>; searchParams: Promise<{ cp?: string | string[] }> }

const readGraph = cache((project_id: string) => readPage(getProjectGraph, { project_id }))

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const [{ project }, { cp }] = await Promise.all([params, searchParams])
  return { title: titleOf(await readGraph(project), 'project', typeof cp === 'string' ? cp : null) }
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
      <ProjectScreen source={{ noun: 'project', id: project, graph: packGraph(graph), now: Date.now() }} />
    </Shell>
  )
}
