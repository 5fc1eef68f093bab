'use client'
import type { FormEvent, ReactNode } from 'react'
import { claimCheckpoint, completeCheckpoint, releaseCheckpoint, retryCheckpoint } from '@/app/actions'
import { type Act, useAct } from '@/lib/client/act'
import type { Checkpoint } from '@/lib/client/graph'
import { blockersOf, findNodes, type Plan, type PlanNode } from '@/lib/client/plan'
import { namedCheckpoints } from '@/lib/client/refusal'
import { isAdmin } from '@/lib/domain/access'
import { isolated } from '@/lib/domain/bidi'
import type { Milestone } from '@/lib/domain/schemas/milestone'
import { enumerated } from '@/lib/domain/words'
import { NodeLink } from '../plan/node-link'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button, buttonClass } from '../ui/button'
import { headingOfDrawer } from './landmarks'
import { LeaseButton } from './lease-button'

/**
 * What one can do with a pending checkpoint at one press. If the server would refuse the completion, the reason stands below. If it refuses anything all
 * the same, its own words are shown.
 */
export function Actions({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { plan, setRefused } = usePlan()
  const { state, claim: held, needs_attention } = checkpoint
  const { may, group } = plan.graph
  const name = `${node.order} ${isolated(node.title)}`
  const leadsTo = headingOfDrawer
  const complete = useAct(completeCheckpoint, {
    said: ({ data }) => saidOf(plan, node, data),
    leadsTo,
    onDone: () => setRefused(null),
    onRefused: () => setRefused(node.id),
  })
  const claim = useAct(claimCheckpoint, {
    said: () => (held ? `Your claim of ${name} is extended.` : `You have claimed ${name}.`),
    leadsTo,
  })
  const release = useAct(releaseCheckpoint, { said: ({ data }) => releasedWords(name, data, node.id), leadsTo })
  const retry = useAct(retryCheckpoint, { said: () => `${name} is given back, and can be claimed again.`, leadsTo })
  const acts = [complete, claim, release, retry]

  /** What one does next takes away what was refused before. */
  const formOf = (act: Act<unknown>) => ({
    ...act.form,
    onSubmit(event: FormEvent<HTMLFormElement>) {
      for (const other of acts) if (other !== act && other.refusal) other.forget()
      act.form.onSubmit(event)
    },
  })

  const isPending = checkpoint.status !== 'completed'
  // Where the answer was lost, what was tried stays although it is done, and tells so once it is tried again.
  if (!isPending && acts.every(({ trouble, pending }) => !trouble && !pending)) return null

  const blockers = blockersOf(plan, node)
  const [blocker] = blockers
  const mine = held?.held_by_you ?? false
  const offersClaim = may.complete && !needs_attention && (state === 'ready' || state === 'failed')
  const offersRelease = may.complete && held !== null && (mine || isAdmin(group.role))
  const offersRetry = may.complete && isPending && (state === 'failed' || needs_attention)
  const reason = reasonAgainst(checkpoint, blockers.length, may.complete, group.name)
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <ActForm form={formOf(complete)} node={node}>
          <Button
            type="submit"
            look="primary"
            busy={complete.pending}
            disabled={reason !== null}
            aria-describedby={reason ? 'complete-reason' : undefined}
          >
            {complete.pending ? 'Completing' : 'Complete'}
          </Button>
        </ActForm>
        {(offersClaim || mine) && (
          <ActForm form={formOf(claim)} node={node}>
            <LeaseButton claim={held} busy={claim.pending} />
          </ActForm>
        )}
        {offersRelease && (
          <ActForm form={formOf(release)} node={node}>
            <Button type="submit" busy={release.pending} className="max-w-full">
              <span className="truncate">{mine ? 'Release' : `Release the claim of ${isolated(held.held_by_name)}`}</span>
            </Button>
          </ActForm>
        )}
        {offersRetry && (
          <ActForm form={formOf(retry)} node={node}>
            <Button type="submit" busy={retry.pending} aria-describedby="retry-effect">
              Give back
            </Button>
          </ActForm>
        )}
        {blocker && !complete.trouble && (
          <NodeLink node={blocker} className={buttonClass()}>
            Go to blocker
          </NodeLink>
        )}
      </div>
      {reason && (
        <p id="complete-reason" className="text-xs wrap-anywhere text-muted">
          {reason}
          {offersRelease && !mine && ' As an admin, you can release the claim.'}
        </p>
      )}
      {offersRetry && (
        <p id="retry-effect" className="text-xs text-muted">
          Giving it back makes it ready again, and its failures no longer count.
        </p>
      )}
      {acts.map((act, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an act is its place in the list
        <Outcome key={index} act={act}>
          {wayOut(act, plan)}
        </Outcome>
      ))}
    </div>
  )
}

function ActForm({ form, node, children }: { form: Act<unknown>['form']; node: PlanNode; children: ReactNode }) {
  return (
    <form {...form} className="max-w-full">
      <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
      {/* By its id: a number would mean another checkpoint after someone inserted one. */}
      <input type="hidden" name="order" value={node.id} />
      {children}
    </form>
  )
}

/** Leads to the first of the checkpoints that a refusal names as being in the way. */
function wayOut({ refusal }: Act<unknown>, plan: Plan): ReactNode {
  const [named] = findNodes(
    plan,
    namedCheckpoints(refusal)
      .map(({ checkpoint_id }) => checkpoint_id)
      .slice(0, 1),
  )
  if (!named) return null
  return (
    <NodeLink node={named} className="rounded font-medium text-accent hover:underline">
      Go to blocker
    </NodeLink>
  )
}

/** What was done, and what can be done now that could not be before. */
function saidOf(plan: Plan, node: PlanNode, after: Milestone) {
  const free = after.checkpoints.filter(
    ({ checkpoint_id, state }) => state === 'ready' && plan.nodes.get(checkpoint_id)?.state === 'blocked',
  )
  const closes = after.status === 'closed' ? ` ${isolated(after.title)} is closed, because all its checkpoints are done.` : ''
  const opens =
    free.length > 0
      ? ` ${enumerated(free.map(({ order, title }) => `${order} ${isolated(title)}`))} ${free.length > 1 ? 'are' : 'is'} ready now.`
      : ''
  return `${node.order} ${isolated(node.title)} is done.${opens}${closes}`
}

/** The claim may have expired just before it was released. */
function releasedWords(name: string, { checkpoints }: Milestone, id: string) {
  const after = checkpoints.find(({ checkpoint_id }) => checkpoint_id === id)
  return after?.state === 'failed' ? `The claim of ${name} had expired already.` : `${name} is released.`
}

function reasonAgainst({ state, claim }: Checkpoint, blockers: number, may: boolean, group: string) {
  if (!may) return `Only members of ${isolated(group)} can complete it.`
  if (state === 'blocked')
    return blockers > 1 ? `You can complete it once its ${blockers} blockers are done.` : 'You can complete it once its blocker is done.'
  if (state === 'awaiting_consensus') return 'You can complete it once the vote has passed.'
  if (state === 'claimed' && claim && !claim.held_by_you) return `${isolated(claim.held_by_name)} has claimed it.`
  return null
}
