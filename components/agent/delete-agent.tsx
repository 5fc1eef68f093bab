'use client'
import { deleteAgentProfile } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOfPage } from '@/lib/client/focus'
import { isolated } from '@/lib/domain/bidi'
import type { AgentProfile } from '@/lib/domain/schemas/agent'
import { Outcome } from '../status/outcome'
import { Confirm } from '../ui/confirm'
import { TypedConfirmation } from '../ui/typed-confirmation'

export function DeleteAgent({ agent }: { agent: AgentProfile }) {
  const name = isolated(agent.name)
  const act = useAct(deleteAgentProfile, { said: () => `The agent ${name} is deleted.`, leadsTo: headingOfPage })
  return (
    <Confirm words="Delete" look="quiet" label={`Delete ${name}`} title={`Delete ${name}?`} open={act.trouble !== null}>
      <p className="text-muted">
        Its keys end for good, and what it holds claimed is released. The history keeps its name. This cannot be undone; to stop it for a
        while, suspend it.
      </p>
      <form {...act.form} className="grid gap-3">
        <input type="hidden" name="group_id" value={agent.group_id} />
        <input type="hidden" name="agent_profile_id" value={agent.agent_profile_id} />
        <TypedConfirmation word={agent.name} noun="name of the agent" submit="Delete it for good" busy={act.pending} />
        <Outcome act={act} />
      </form>
    </Confirm>
  )
}
