import Link from 'next/link'
import type { Overview, ProjectOverview } from '@/lib/domain/schemas/overview'
import type { ProjectStatus } from '@/lib/domain/schemas/project'
import { buttonClass } from '../ui/button'
import { PageTitle } from '../ui/page-title'
import { tabClass, tabsClass } from '../ui/tab'
import { FirstProject } from './first-project'
import { NewGroup, NewProject } from './new-form'
import { ProjectRow } from './project-row'

const FILTERS: readonly { status: ProjectStatus; word: string }[] = [
  { status: 'active', word: 'Active' },
  { status: 'completed', word: 'Completed' },
  { status: 'archived', word: 'Archived' },
]

type ProjectListProps = { overview: Overview; status: ProjectStatus; group: string | null; creating: 'project' | 'group' | null }

export function ProjectList({ overview, status, group, creating }: ProjectListProps) {
  const inGroup = overview.projects.filter(({ group_slug }) => group === null || group_slug === group)
  const shown = inGroup.filter(({ project }) => project.status === status).sort(byAttention)
  const named = overview.groups.find(({ slug }) => slug === group)
  const own = overview.groups.filter(({ role }) => role !== null)
  const hrefOf = (next: ProjectStatus, form = false) => {
    const params = new URLSearchParams({
      ...(group && { group }),
      ...(next !== 'active' && { status: next }),
      ...(form && { new: 'project' }),
    })
    return params.size > 0 ? `/?${params}` : '/'
  }

  return (
    <>
      <header className="flex min-h-11.5 flex-wrap items-center gap-x-3 gap-y-2 px-5 pt-3.5">
        <PageTitle className="mr-auto max-w-full truncate">{named?.name ?? group ?? 'Projects'}</PageTitle>
        <div className="flex flex-wrap gap-x-3 gap-y-2">
          {named && (
            <Link href={`/g/${named.slug}`} className={buttonClass()}>
              Members and agents
            </Link>
          )}
          {!creating && (
            <Link href={hrefOf(status, true)} className={buttonClass('primary')}>
              New project
            </Link>
          )}
        </div>
      </header>
      <nav aria-label="Status" className="border-b border-line px-5 pt-1.5">
        <div className={tabsClass}>
          {FILTERS.map(({ status: filter, word }) => (
            <Link
              key={filter}
              href={hrefOf(filter)}
              replace
              aria-current={filter === status ? 'page' : undefined}
              className={tabClass(filter === status)}
            >
              {word} <span className="text-muted">{inGroup.filter(({ project }) => project.status === filter).length}</span>
            </Link>
          ))}
        </div>
      </nav>
      {creating === 'project' && <NewProject groups={own} chosen={group} cancel={hrefOf(status)} />}
      {creating === 'group' && <NewGroup cancel={hrefOf(status)} />}
      {shown.length > 0 ? (
        <ul className="divide-y divide-line border-b border-line bg-panel">
          {shown.map((item) => (
            <ProjectRow key={item.project.project_id} overview={item} />
          ))}
        </ul>
      ) : (
        !creating && <Empty status={status} first={overview.projects.length === 0} group={group ?? own[0]?.slug ?? null} />
      )}
    </>
  )
}

function Empty({ status, first, group }: { status: ProjectStatus; first: boolean; group: string | null }) {
  if (status === 'active') return <FirstProject first={first} group={group} />
  return <p className="px-5 py-8 text-muted">No project is {status}.</p>
}

/** What has failed first, then votes that wait, then the most recently active. */
function byAttention(a: ProjectOverview, b: ProjectOverview) {
  const failed = Math.sign(b.counts.failed) - Math.sign(a.counts.failed)
  const votes = Math.sign(b.counts.awaiting_consensus) - Math.sign(a.counts.awaiting_consensus)
  return failed || votes || (b.last_activity?.at ?? '').localeCompare(a.last_activity?.at ?? '')
}
