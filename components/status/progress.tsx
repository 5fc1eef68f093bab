import type { CheckpointState } from '@/lib/domain/state'
import { STATUS } from './status'

/** One segment for each state, and how many of them are done. Beyond 24 segments they would be slivers, and the numbers say enough. */
export function Progress({ states }: { states: readonly CheckpointState[] }) {
  const done = states.filter((state) => state === 'completed').length
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      {states.length > 0 && states.length <= 24 && (
        <span aria-hidden="true" className="flex w-22 gap-0.5 max-sm:w-14">
          {states.map((state, index) => (
            <i
              // biome-ignore lint/suspicious/noArrayIndexKey: a segment is its place in the row
              key={index}
              className={`h-[5px] min-w-0 flex-1 rounded-[2px] ${state === 'blocked' ? 'bg-line-strong' : STATUS[state].fill}`}
            />
          ))}
        </span>
      )}
      <span className="text-muted tabular-nums">
        <span aria-hidden="true">{`${done}/${states.length}`}</span>
        <span className="sr-only">{`${done} of ${states.length} done`}</span>
      </span>
    </span>
  )
}
