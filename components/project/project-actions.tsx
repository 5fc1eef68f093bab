'use client'
import clsx from 'clsx'
import { Ellipsis } from 'lucide-react'
import { archiveProject, completeProject, reopenProject } from '@/app/actions'
import { type Action, useAct } from '@/lib/client/act'
import type { Project } from '@/lib/domain/schemas/project'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { iconButtonClass } from '../ui/button'
import { menuClass } from '../ui/menu'

/** What changes the project as a whole; a native popover, so that it opens before JavaScript. */
export function ProjectActions() {
  const { graph } = usePlan().plan
  const { project, may } = graph
  if (!may.write) return null
  const active = project.status === 'active'
  return (
    <>
      <button
        type="button"
        popoverTarget="project-menu"
        aria-label="More actions for this project"
        title="More actions"
        className={iconButtonClass}
      >
        <Ellipsis size={16} />
      </button>
      <div id="project-menu" popover="auto" className={clsx(menuClass, 'w-64 p-1')}>
        {active && (
          <Item action={completeProject} words="Complete the project" said="The project is completed." hint="It takes no new milestones" />
        )}
        {project.status !== 'archived' && !project.is_default && (
          <Item
            action={archiveProject}
            words="Archive the project"
            said="The project is archived."
            hint="It leaves the list of active projects"
          />
        )}
        {!active && (
          <Item
            action={reopenProject}
            words="Reopen the project"
            said="The project is active again."
            hint="It takes new milestones again"
          />
        )}
      </div>
    </>
  )
}

type ItemProps = { action: Action<Project>; words: string; said: string; hint: string }

function Item({ action, words, said, hint }: ItemProps) {
  const { project } = usePlan().plan.graph
  const act = useAct(action, {
    said: () => said,
    leadsTo: () => document.querySelector<HTMLElement>('[popovertarget="project-menu"]'),
    onDone: () => document.getElementById('project-menu')?.hidePopover(),
  })
  return (
    <form {...act.form}>
      <input type="hidden" name="project_id" value={project.project_id} />
      <button type="submit" aria-busy={act.pending} className="grid w-full rounded-md px-2.5 py-1.5 text-left hover:bg-sunken">
        <span className="font-medium">{words}</span>
        <span className="text-xs text-muted">{hint}</span>
      </button>
      <Outcome act={act} className="m-1" />
    </form>
  )
}
