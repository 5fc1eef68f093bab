import Link from 'next/link'
import { CopyBlock } from '../ui/copy'
import { ExamplePlan } from './example-plan'

export function FirstProject({ first, group }: { first: boolean; group: string | null }) {
  return (
    <div className="grid max-w-xl gap-3 px-5 py-8">
      <h2 className="text-[15px] font-semibold">{first ? 'No projects yet' : 'No active project here'}</h2>
      <p className="text-muted">
        A project holds milestones. A milestone is a goal made of checkpoints, and each checkpoint waits for those that it depends on:
        nothing is completed out of order, by people or by agents.
      </p>
      <ExamplePlan />
      <p>
        Create a project, or give this to an agent that is{' '}
        <Link href={group ? `/settings/connect?group=${group}` : '/settings/connect'} className="font-medium text-accent underline">
          connected to Cairn
        </Link>
        :
      </p>
      <CopyBlock
        label="Copy the prompt"
        text={`Create a Cairn project${group ? ` in group "${group}"` : ''} for the work below, and in it a milestone with a checkpoint for each step. Say which checkpoint depends on which, and complete each one when you finish it.\n\nThe work: `}
      />
    </div>
  )
}
