'use client'
import { resumeAgentProfile, suspendAgentProfile } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { isolated } from '@/lib/domain/bidi'
import type { UsedAgentProfile } from '@/lib/domain/schemas/agent'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Confirm } from '../ui/confirm'

/** Stops an agent at once, and lets it go on later. */
export function SuspendAgent({ agent }: { agent: UsedAgentProfile }) {
  const { agent_profile_id, group_id, status } = agent
  const name = isolated(agent.name)
  // One button takes the place of the other.
  const leadsTo = () => document.querySelector<HTMLElement>(`[data-suspension="${agent_profile_id}"] :is(summary, button)`)
  const suspend = useAct(suspendAgentProfile, { said: () => `${name} is suspended. None of its keys works.`, leadsTo })
  const resume = useAct(resumeAgentProfile, { said: () => `${name} is active again. Its keys work.`, leadsTo })
  const address = (
    <>
      <input type="hidden" name="group_id" value={group_id} />
      <input type="hidden" name="agent_profile_id" value={agent_profile_id} />
    </>
  )
  if (status === 'suspended') {
    return (
      <form {...resume.form} data-suspension={agent_profile_id} className="grid gap-2">
        {address}
        <Button type="submit" aria-label={`Resume ${name}`} busy={resume.pending}>
          Resume
        </Button>
        <Outcome act={resume} />
      </form>
    )
  }
  return (
    <div data-suspension={agent_profile_id}>
      <Confirm words="Suspend" label={`Suspend ${name}`} look="plain" title={`Suspend ${name}?`} open={suspend.trouble !== null}>
        <p className="text-muted">
          All its keys stop at once{agent.held.length > 0 && ', and what it holds claimed is released for others'}. You can resume it at any
          time.
        </p>
        <form {...suspend.form} className="grid gap-2">
          {address}
          <Button type="submit" look="danger" busy={suspend.pending} className="justify-self-start">
            Suspend it now
          </Button>
          <Outcome act={suspend} />
        </form>
      </Confirm>
    </div>
  )
}
