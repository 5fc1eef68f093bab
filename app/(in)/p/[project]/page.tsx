import type { Metadata } from 'next'
import { cache } from 'react'
import { InstructionsLink } from '@/components/project/instructions-link'
import { ProjectScreen } from '@/components/project/project-screen'
import { crumbsOfGroup, Page } from '@/components/shell/page'
import { packGraph } from '@/lib/client/graph'
import { titleOf } from '@/lib/client/plan'
import { getProjectGraph } from '@/lib/operations/graph'
import { readPage } from '@/lib/transport/page'

type Props = { params: Promise<{ project: string }>; searchParams: Promise<{ cp?: string | string[] }> }

const readGraph = cache((project_id: string) => readPage(getProjectGraph, { project_id }))

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const [{ project }, { cp }] = await Promise.all([params, searchParams])
  const { data } = await readGraph(project)
  return { title: titleOf(data, 'project', typeof cp === 'string' ? cp : null) }
}

export default async function ProjectPage({ params }: Props) {
  const { project } = await params
  const { data: graph, seq } = await readGraph(project)
  return (
    <Page crumbs={[...crumbsOfGroup(graph.group), { label: graph.project.title }]} group={graph.group.slug}>
      <ProjectScreen source={{ noun: 'project', id: project, graph: packGraph(graph), seq, now: Date.now() }}>
        <InstructionsLink project_id={project} />
      </ProjectScreen>
    </Page>
  )
}
