import type { Checkpoint, Milestone } from '@/lib/client/graph'
import { STATUS } from '../checkpoint/status'

/** One segment a checkpoint, coloured by its state; beyond 24 they would be slivers, and the numbers say enough. */
export function Progress({ milestone }: { milestone: Milestone }) {
  const { checkpoints, progress, completed_checkpoints, total_checkpoints } = milestone
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      {checkpoints.length > 0 && checkpoints.length <= 24 && <Segments checkpoints={checkpoints} />}
      <span className="text-muted tabular-nums">
        <span aria-hidden="true">{progress}</span>
        <span className="sr-only">{`${completed_checkpoints} of ${total_checkpoints} done`}</span>
      </span>
    </span>
  )
}

function Segments({ checkpoints }: { checkpoints: readonly Checkpoint[] }) {
  return (
    <span aria-hidden="true" className="flex w-22 gap-0.5 max-sm:w-14">
      {checkpoints.map(({ checkpoint_id, state }) => (
        <i
          key={checkpoint_id}
          className={`h-[5px] min-w-0 flex-1 rounded-[2px] ${state === 'blocked' ? 'bg-line-strong' : STATUS[state].fill}`}
        />
      ))}
    </span>
  )
}
