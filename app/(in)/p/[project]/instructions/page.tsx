import type { Metadata } from 'next'
import { cache } from 'react'
import { Instructions, isTarget, titleOfInstructions } from '@/components/project/instructions'
import { crumbsOfGroup, Page } from '@/components/shell/page'
import { getInstance } from '@/db/instance'
import { getInstructions } from '@/lib/operations/instructions'
import { readPage } from '@/lib/transport/page'

type Props = { params: Promise<{ project: string }>; searchParams: Promise<{ for?: string | string[] }> }

const read = cache((project_id: string) => readPage(getInstructions, { project_id }))

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { data } = await read((await params).project)
  return { title: titleOfInstructions(data.title) }
}

export default async function InstructionsPage({ params, searchParams }: Props) {
  const [{ project }, { for: wanted }] = await Promise.all([params, searchParams])
  const { data } = await read(project)
  const { title, group_slug, group_name } = data
  const crumbs = [
    ...crumbsOfGroup({ slug: group_slug, name: group_name }),
    { label: title, href: `/p/${project}` },
    { label: 'Instructions for agents' },
  ]
  return (
    <Page crumbs={crumbs} group={group_slug}>
      <Instructions project={data} origin={getInstance().origin} target={isTarget(wanted) ? wanted : 'agents'} />
    </Page>
  )
}
