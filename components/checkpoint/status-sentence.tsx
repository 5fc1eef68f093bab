'use client'
import clsx from 'clsx'
import type { Checkpoint } from '@/lib/client/graph'
import { blockersOf, type PlanNode, rootCausesOf } from '@/lib/client/plan'
import { EXPIRED_REASON } from '@/lib/domain/attempt'
import { NodeName } from '../plan/node-link'
import { NodeNames } from '../plan/node-names'
import { usePlan } from '../plan/plan-context'
import { STATUS, StatusGlyph, statusOf } from '../status/status'
import { For } from '../ui/avatar'
import { Time, TimeLeft } from '../ui/time'
import { Written } from '../ui/written'
import { VoteSentence } from './vote-sentence'

/** The state in words, with the way out: what stands in the way, and what would clear it. */
export function StatusSentence({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const status = statusOf(checkpoint)
  return (
    <div className={clsx('flex gap-2.5 rounded-lg px-3 py-2.5 forced-colors:border', STATUS[status].tint)}>
      <StatusGlyph state={status} className="mt-px" />
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
          <For name={checkpoint.completed_for_name} />
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
          <b className="font-semibold">Claimed</b> by <Claimant checkpoint={checkpoint} />.
        </p>
      )
    case 'failed':
      return <FailedSentence checkpoint={checkpoint} />
    case 'awaiting_consensus':
      return (
        <>
          <VoteSentence checkpoint={checkpoint} />
          <StillClaimed checkpoint={checkpoint} />
        </>
      )
    case 'blocked':
      return (
        <>
          <BlockedSentence node={node} />
          <StillClaimed checkpoint={checkpoint} />
        </>
      )
  }
}

/** "Atlas, 12 min left". */
function Claimant({ checkpoint: { claim } }: { checkpoint: Checkpoint }) {
  if (!claim) return 'someone'
  return (
    <>
      {claim.held_by_you ? 'you' : <Written text={claim.held_by_name} />}
      <For name={claim.held_for_name} />, <TimeLeft until={claim.expires_at} />
    </>
  )
}

/** Started work stays with its holder, whatever comes in between (L1). */
function StillClaimed({ checkpoint }: { checkpoint: Checkpoint }) {
  if (!checkpoint.claim) return null
  return (
    <p className="text-muted">
      It stays claimed by <Claimant checkpoint={checkpoint} />.
    </p>
  )
}

function FailedSentence({ checkpoint: { last_failure, needs_attention } }: { checkpoint: Checkpoint }) {
  const { max_failures } = usePlan().plan.graph.group
  return (
    <>
      {needs_attention && (
        <p>
          <b className="font-semibold">Needs attention.</b> After {max_failures === 1 ? 'a failure' : `${max_failures} failures in a row`},
          agents pass over it until a person gives it back.
        </p>
      )}
      {last_failure && (
        <>
          <p className={needs_attention ? 'text-muted' : undefined}>
            {needs_attention ? 'It last failed' : <b className="font-semibold">Failed</b>} at attempt {last_failure.attempt}
            {last_failure.reason === EXPIRED_REASON ? (
              <>
                : the claim of <Written text={last_failure.by_name} /> expired <Time at={last_failure.at} />.
              </>
            ) : (
              <>
                , by <Written text={last_failure.by_name} />, <Time at={last_failure.at} />:
              </>
            )}
          </p>
          {last_failure.reason !== EXPIRED_REASON && (
            <p className="whitespace-pre-line">
              <Written text={last_failure.reason} />
            </p>
          )}
        </>
      )}
    </>
  )
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
  const { state, checkpoint, held_by_name, last_failure, group_slug } = node
  if (state === 'claimed' && checkpoint?.claim) {
    return (
      <>
        is claimed by <Claimant checkpoint={checkpoint} />
      </>
    )
  }
  if (state === 'claimed') {
    return (
      <>
        is claimed
        {held_by_name && (
          <>
            {' '}
            by <Written text={held_by_name} />
          </>
        )}
      </>
    )
  }
  if (state === 'failed') {
    return (
      <>
        {checkpoint?.needs_attention ? 'has failed and needs attention' : 'has failed'}
        <Reason reason={last_failure} />
      </>
    )
  }
  if (state === 'awaiting_consensus') return node.private ? 'waits for a vote' : `waits for a vote of ${group_slug}`
  if (state === 'blocked') return node.private ? 'is blocked itself' : `is blocked itself, in ${group_slug}`
  if (node.private) return 'is ready to be worked on'
  return checkpoint ? 'is ready, and nobody has claimed it' : `is ready to be worked on, in ${group_slug}`
}

/** Why an attempt failed, inside a sentence that ends after it. */
function Reason({ reason }: { reason: string | null }) {
  if (reason === null) return null
  return (
    <>
      : <Written text={reason.replace(/[\s.]+$/, '')} className="text-text" />
    </>
  )
}

const linkClass = 'font-medium text-text underline decoration-line-strong underline-offset-2'
