'use client'
import { Ellipsis } from 'lucide-react'
import { archiveProject, completeProject, reopenProject } from '@/app/actions'
import type { Action } from '@/lib/client/action'
import { useChange } from '@/lib/client/mutate'
import { iconButtonClass } from '../ui/button'
import { usePlan } from './plan-context'

/** What changes the project as a whole; a native popover, so that it opens before JavaScript. */
export function ProjectActions() {
  const { graph } = usePlan().plan
  const { project, may } = graph
  if (!may.write) return null
  const active = project.status === 'active'
  return (
    <>
      <button type="button" popoverTarget="project-menu" aria-label="More for this project" title="More" className={iconButtonClass}>
        <Ellipsis size={16} />
      </button>
      <div
        id="project-menu"
        popover="auto"
        className="top-24 right-4 left-auto m-0 w-64 rounded-lg border border-line-strong bg-panel p-1 shadow-lg"
      >
        {active && <Item action={completeProject} words="Complete the project" hint="It takes no new milestones" />}
        {project.status !== 'archived' && !project.is_default && (
          <Item action={archiveProject} words="Archive the project" hint="It leaves the list of active projects" />
        )}
        {!active && <Item action={reopenProject} words="Reopen the project" hint="It takes new milestones again" />}
      </div>
    </>
  )
}

function Item({ action, words, hint }: { action: Action<unknown>; words: string; hint: string }) {
  const { project } = usePlan().plan.graph
  const { form, refusal, pending } = useChange(action, (result) => {
    if (result.success) document.getElementById('project-menu')?.hidePopover()
  })
  return (
    <form {...form}>
      <input type="hidden" name="project_id" value={project.project_id} />
      <button type="submit" aria-busy={pending} className="grid w-full rounded-md px-2.5 py-1.5 text-left hover:bg-sunken">
        <span className="font-medium">{words}</span>
        <span className="text-xs text-muted">{hint}</span>
      </button>
      {refusal && (
        <p role="alert" className="px-2.5 pb-1.5 text-xs font-medium text-refused">
          {refusal.message}
        </p>
      )}
    </form>
  )
}
