'use client'
import type { Checkpoint, Milestone } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import { CopyBlock } from '../ui/copy'
import { useVote } from './use-vote'

/** The same action as it is called over MCP and over HTTP, ready to paste. */
export function ForAgents({ node, checkpoint, milestone }: { node: PlanNode; checkpoint: Checkpoint; milestone: Milestone }) {
  const { data: vote } = useVote(checkpoint)
  if (checkpoint.status === 'completed') return null
  // By its id, because its number may mean another checkpoint by the time that this is pasted.
  const target = `\n  milestone_id="${node.milestone_id}",\n  order="${node.id}"`
  const wait = checkpoint.state === 'blocked' ? `wait_for(${target},\n  until="ready")\n` : ''
  return (
    <section className="grid gap-2 px-5 py-4">
      <h3 className="text-xs font-semibold text-muted">For agents</h3>
      {vote?.voting_open && (
        <CopyBlock
          label="Copy the vote call"
          text={`cast_vote(\n  proposal_id="${vote.proposal_id}",\n  vote="yes" or "no",\n  round=${vote.round})`}
        />
      )}
      <CopyBlock label="Copy the tool call" text={`${wait}complete_checkpoint(${target})`} />
      <CopyBlock
        label="Copy the curl command"
        text={`curl -X POST ${originOf(milestone.url)}/api/milestones/${node.milestone_id}/checkpoints/${node.id}/complete \\\n  -H "Authorization: Bearer $CAIRN_API_KEY"`}
      />
    </section>
  )
}

function originOf(url: string) {
  return URL.canParse(url) ? new URL(url).origin : ''
}
