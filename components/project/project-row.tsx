import Link from 'next/link'
import { shown } from '@/lib/domain/bidi'
import type { ProjectOverview } from '@/lib/domain/schemas/overview'
import { deedOf } from '../activity/event-words'
import { StatusBar } from '../status/status-bar'
import { Avatar, For } from '../ui/avatar'
import { Time } from '../ui/time'
import { cutClass, Written } from '../ui/written'
import { Sparkline } from './sparkline'

export function ProjectRow({ overview }: { overview: ProjectOverview }) {
  const { project, group_name, active_milestones, counts, last_activity, completions_14d } = overview
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-2.5 px-5 py-3.5 transition-colors duration-100 hover:bg-bg has-[a:focus-visible]:bg-bg md:grid-cols-[minmax(0,5fr)_minmax(160px,5fr)_120px] xl:grid-cols-[minmax(0,4fr)_minmax(200px,4fr)_120px_minmax(0,3fr)]">
      <div className="min-w-0">
        <div className="flex min-w-0 gap-2.5">
          <span aria-hidden="true" className="mt-[5px] size-2.5 flex-none rounded-[3px]" style={{ background: project.color }} />
          <div className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1">
            <Link
              href={`/p/${project.project_id}`}
              title={shown(project.title)}
              className="min-w-0 text-[14px] leading-5 font-semibold after:absolute after:inset-0 hover:underline"
            >
              <Written text={project.title} className={cutClass} />
            </Link>
            {counts.failed > 0 && (
              <span className="flex-none rounded-md bg-failed-tint px-1.5 text-xs leading-5 font-medium text-failed">
                {counts.failed} failed
              </span>
            )}
            {counts.awaiting_consensus > 0 && (
              <span className="flex-none rounded-md bg-vote-tint px-1.5 text-xs leading-5 font-medium text-vote">
                {counts.awaiting_consensus === 1 ? '1 waits for a vote' : `${counts.awaiting_consensus} wait for a vote`}
              </span>
            )}
          </div>
        </div>
        <p className="truncate pl-5 text-muted">
          <Written text={group_name} />
          <span aria-hidden="true"> · </span>
          <span className="sr-only">, </span>
          {milestonesOf(active_milestones)}
        </p>
      </div>
      <div className="max-md:order-1 max-md:col-span-2">
        <StatusBar counts={counts} />
      </div>
      <Sparkline days={completions_14d} />
      <p className="flex min-w-0 items-start gap-2 text-muted max-xl:hidden">
        {last_activity && (
          <>
            <Avatar name={last_activity.actor_name} agent={last_activity.actor_type === 'agent_profile'} size={18} />
            <span className="min-w-0">
              <span className="block truncate">
                <Written text={last_activity.actor_name} className="text-text" />
                <For name={last_activity.on_behalf_of} within /> {deedOf(last_activity.type)}
              </span>
              <Time at={last_activity.at} className="text-xs" />
            </span>
          </>
        )}
      </p>
    </li>
  )
}

function milestonesOf(count: number) {
  if (count === 0) return 'no active milestone'
  return count === 1 ? '1 active milestone' : `${count} active milestones`
}
