'use client'
import type { Milestone } from '@/lib/client/graph'
import { findNodes, type Plan, type PlanNode } from '@/lib/client/plan'
import { shown } from '@/lib/domain/bidi'
import { AddForm } from '../checkpoint/add-form'
import { BesideDrawer } from '../checkpoint/beside-drawer'
import { paneHeight } from '../graph/pane-height'
import { FreshPlan, type PlanSource } from '../plan/fresh-plan'
import { GraphPane } from '../plan/graph-pane'
import { NodeRow } from '../plan/node-row'
import { usePlan } from '../plan/plan-context'
import { Summary } from '../plan/summary'
import { Progress } from '../status/progress'
import { CopyButton } from '../ui/copy'
import { PageTitle } from '../ui/page-title'
import { Time } from '../ui/time'
import { Written } from '../ui/written'
import { CheckpointList } from './checkpoint-list'
import { MilestoneActions } from './milestone-actions'

export function MilestoneScreen({ source }: { source: PlanSource }) {
  return (
    <FreshPlan source={source}>
      <BesideDrawer>
        <MilestoneView />
      </BesideDrawer>
    </FreshPlan>
  )
}

function MilestoneView() {
  const { plan } = usePlan()
  const [milestone] = plan.graph.milestones
  if (!milestone) return null
  const upstream = outside(plan, milestone, 'waits_for')
  const downstream = outside(plan, milestone, 'unblocks')

  return (
    <div className="@container relative md:h-full md:overflow-y-auto">
      <header className="grid gap-3 px-5 pt-3.5 pb-4">
        <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
          <div className="min-w-0 flex-1 basis-72 pt-1">
            <PageTitle className="wrap-anywhere">
              <Written text={milestone.title} />
            </PageTitle>
            <p className="flex flex-wrap items-center gap-x-3 text-muted">
              <span className="inline-flex items-center gap-0.5 font-mono text-xs">
                {milestone.milestone_id}
                <CopyButton text={milestone.milestone_id} label="Copy the milestone's id" />
              </span>
              <Written text={plan.graph.group.name} />
              <span>
                {milestone.closed_at ? (
                  <>
                    closed <Time at={milestone.closed_at} />
                  </>
                ) : (
                  'active'
                )}
              </span>
              <Progress states={milestone.checkpoints.map(({ state }) => state)} />
            </p>
          </div>
          <MilestoneActions milestone={milestone} />
        </div>
        {milestone.description && <Paragraphs text={milestone.description} />}
        {(upstream.length > 0 || downstream.length > 0) && (
          <div className="grid gap-x-6 gap-y-3 pt-1 @3xl:grid-cols-2">
            <Outside title="Waits for other milestones" nodes={upstream} milestone={milestone} />
            <Outside title="Unblocks other milestones" nodes={downstream} milestone={milestone} />
          </div>
        )}
      </header>
      {milestone.checkpoints.length > 0 && (
        <>
          <Summary className="border-t border-line px-3.5 py-1 max-md:border-b max-sm:px-4" />
          <section aria-label="Graph" style={{ height: paneHeight(plan.graph) }} className="border-y border-line max-md:hidden">
            <GraphPane />
          </section>
          <section aria-label="List">
            <CheckpointList heads={false} />
          </section>
        </>
      )}
      <section aria-label="Add a checkpoint" className="not-empty:px-5 not-empty:py-4">
        <AddForm milestone={milestone} />
      </section>
    </div>
  )
}

function Paragraphs({ text }: { text: string }) {
  return (
    <div className="grid max-w-[72ch] gap-2 wrap-anywhere">
      {text.split(/\n{2,}/).map((paragraph, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs have no identity but their place
        <p key={index} dir="auto" className="whitespace-pre-line">
          {shown(paragraph)}
        </p>
      ))}
    </div>
  )
}

function Outside({ title, nodes, milestone }: { title: string; nodes: PlanNode[]; milestone: Milestone }) {
  if (nodes.length === 0) return null
  return (
    <div className="min-w-0">
      <h2 className="mb-1 text-xs font-semibold text-muted">{title}</h2>
      <ul className="rounded-lg border border-line bg-panel px-3 py-1">
        {nodes.map((node) => (
          <li key={node.id}>
            <NodeRow node={node} milestone_id={milestone.milestone_id} />
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The checkpoints of other milestones that ours wait for, or that wait for ours; unfinished ones first. */
function outside(plan: Plan, milestone: Milestone, side: 'waits_for' | 'unblocks') {
  const ids = new Set(milestone.checkpoints.flatMap(({ checkpoint_id }) => plan.nodes.get(checkpoint_id)?.[side] ?? []))
  return findNodes(plan, [...ids])
    .filter(({ milestone_id }) => milestone_id !== milestone.milestone_id)
    .sort((a, b) => Number(a.state === 'completed') - Number(b.state === 'completed'))
}
