'use client'
import Link from 'next/link'
import { usePlan } from '../plan/plan-context'
import { CopyBlock } from '../ui/copy'
import { ExamplePlan } from './example-plan'

export function NoMilestones() {
  const { group, project } = usePlan().plan.graph
  return (
    <div className="grid max-w-xl gap-3 px-5 py-8">
      <h2 className="text-[15px] font-semibold">No milestones yet</h2>
      <p className="text-muted">
        A milestone is a goal made of checkpoints. Each checkpoint says which others it waits for, and cannot be completed before them.
      </p>
      <ExamplePlan />
      <p>
        Create a milestone, or give this to an agent that is{' '}
        <Link href={`/settings/connect?group=${group.slug}`} className="font-medium text-accent underline">
          connected to Cairn
        </Link>
        :
      </p>
      <CopyBlock
        label="Copy the prompt"
        text={`Create a Cairn milestone in group "${group.slug}", project ${project.project_id}, for the work below. Split it into checkpoints and say which depends on which. Complete each checkpoint when you finish it, and link the branch, pull request and commit.\n\nThe work: `}
      />
    </div>
  )
}
