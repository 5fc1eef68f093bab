'use client'
import clsx from 'clsx'
import { Ellipsis } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { archiveProject, completeProject, reopenProject } from '@/app/actions'
import { type Act, type Action, useAct } from '@/lib/client/act'
import type { Project } from '@/lib/domain/schemas/project'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { iconButtonClass } from '../ui/button'
import { menuClass } from '../ui/menu'

/** What changes the project as a whole, below what else the menu offers; a native popover, so that it opens before JavaScript. */
export function ProjectActions({ children }: { children: ReactNode }) {
  const { graph } = usePlan().plan
  const { project, may } = graph
  const complete = useStep(completeProject, 'The project is completed.')
  const archive = useStep(archiveProject, 'The project is archived.')
  const reopen = useStep(reopenProject, 'The project is active again.')
  const steps = [complete, archive, reopen]
  // What the browser posted by itself was refused after the menu had closed.
  const [refusedBefore] = useState(() => steps.findIndex(({ trouble }) => trouble !== null))
  const posted = steps[refusedBefore]
  const active = project.status === 'active'
  return (
    <>
      {posted && <Outcome act={posted} />}
      <button
        type="button"
        popoverTarget="project-menu"
        aria-label="More actions for this project"
        title="More actions"
        className={iconButtonClass}
      >
        <Ellipsis size={16} />
      </button>
      <div id="project-menu" popover="auto" className={clsx(menuClass, 'w-58 p-1')}>
        {children}
        {may.write && (
          <>
            {active ? (
              <Item act={complete} words="Complete the project" hint="It takes no new milestones" />
            ) : (
              <Item act={reopen} words="Reopen the project" hint="It takes new milestones again" />
            )}
            {project.status !== 'archived' && !project.is_default && (
              <Item act={archive} words="Archive the project" hint="It leaves the list of active projects" />
            )}
          </>
        )}
      </div>
    </>
  )
}

const useStep = (action: Action<Project>, said: string) =>
  useAct(action, {
    said: () => said,
    leadsTo: () => document.querySelector<HTMLElement>('[popovertarget="project-menu"]'),
    onDone: () => document.getElementById('project-menu')?.hidePopover(),
  })

type ItemProps = { act: Act<Project>; words: string; hint: string }

function Item({ act, words, hint }: ItemProps) {
  const { project } = usePlan().plan.graph
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
