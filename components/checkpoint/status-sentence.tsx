'use client'
import clsx from 'clsx'
import type { Checkpoint } from '@/lib/client/graph'
import { blockersOf, type PlanNode, rootCausesOf } from '@/lib/client/plan'
import { NodeName } from '../plan/node-link'
import { NodeNames } from '../plan/node-names'
import { usePlan } from '../plan/plan-context'
import { STATUS, StatusGlyph } from '../status/status'
import { Time, TimeLeft } from '../ui/time'
import { Written } from '../ui/written'

/** The state in words, with the way out: what stands in the way, and what would clear it. */
export function StatusSentence({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  return (
    <div className={clsx('flex gap-2.5 rounded-lg px-3 py-2.5', STATUS[checkpoint.state].tint)}>
      <StatusGlyph state={checkpoint.state} className="mt-px" />
      <div className="grid min-w-0 gap-1 wrap-anywhere">
        <Sentence node={node} checkpoint={checkpoint} />
      </div>
    </div>
  )
}

function Sentence({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  switch (checkpoint.state) {
    case 'completed':
      return (
        <p>
          <b className="font-semibold">Done</b> by <Written text={checkpoint.completed_by_name ?? 'someone'} />
          {checkpoint.completed_at && (
            <>
              , <Time at={checkpoint.completed_at} />
            </>
          )}
          .
        </p>
      )
    case 'ready':
      return (
        <p>
          <b className="font-semibold">Ready:</b> nothing blocks it.
        </p>
      )
    case 'claimed':
      return (
        <p>
          <b className="font-semibold">Claimed</b> by{' '}
          {checkpoint.claim?.held_by_you ? 'you' : <Written text={checkpoint.claim?.held_by_name ?? 'someone'} />}
          {checkpoint.claim && (
            <>
              , <TimeLeft until={checkpoint.claim.expires_at} />
            </>
          )}
          .
        </p>
      )
    case 'failed':
      return (
        <p>
          <b className="font-semibold">Failed</b> at attempt {checkpoint.last_failure?.attempt}
          {checkpoint.last_failure && (
            <>
              : <Written text={checkpoint.last_failure.reason} />
            </>
          )}
        </p>
      )
    case 'awaiting_consensus':
      return (
        <p>
          <b className="font-semibold">Waits for the group's vote.</b> Everything it depends on is done.
        </p>
      )
    case 'blocked':
      return <BlockedSentence node={node} />
  }
}

function BlockedSentence({ node }: { node: PlanNode }) {
  const { plan } = usePlan()
  const blockers = blockersOf(plan, node)
  const roots = rootCausesOf(plan, node)
  const [root] = roots
  const [blocker] = blockers
  return (
    <>
      <p>
        <b className="font-semibold">Blocked by</b> <NodeNames nodes={blockers} milestone_id={node.milestone_id} className={linkClass} />,
        which {blockers.length === 1 ? 'is' : 'are'} pending.
      </p>
      {roots.length > 1 && <p className="text-muted">The first steps to unblock it:</p>}
      {roots.length > 1 && (
        <ul className="grid list-disc gap-1 pl-4 text-muted">
          {roots.map((each) => (
            <li key={each.id}>
              <NodeName node={each} milestone_id={node.milestone_id} className={linkClass} />, which <Standing node={each} />
            </li>
          ))}
        </ul>
      )}
      {roots.length === 1 && root && (
        <p className="text-muted">
          {root === blocker ? (
            'That checkpoint '
          ) : (
            <>
              The first step to unblock it is <NodeName node={root} milestone_id={node.milestone_id} className={linkClass} />, which{' '}
            </>
          )}
          <Standing node={root} />.
        </p>
      )}
    </>
  )
}

/** How a first step stands, as the end of a sentence. */
function Standing({ node }: { node: PlanNode }) {
  const claim = node.checkpoint?.claim
  if (node.state === 'claimed' && claim) {
    return (
      <>
        is claimed by <Written text={claim.held_by_name} className="font-medium text-text" />, <TimeLeft until={claim.expires_at} />
      </>
    )
  }
  if (node.state === 'claimed') return 'is claimed'
  if (node.state === 'failed') return 'has failed'
  if (node.state === 'awaiting_consensus') return node.private ? 'waits for a vote' : `waits for a vote of ${node.group_slug}`
  if (node.state === 'blocked') return node.private ? 'is blocked itself' : `is blocked itself, in ${node.group_slug}`
  if (node.private) return 'is ready to be worked on'
  return node.checkpoint ? 'is ready, and nobody has claimed it' : `is ready to be worked on, in ${node.group_slug}`
}

const linkClass = 'font-medium text-text underline decoration-line-strong underline-offset-2'
