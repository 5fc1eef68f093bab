'use client'
import clsx from 'clsx'
import type { CheckpointState } from '@/lib/domain/state'
import { STATUS, StatusGlyph } from '../status/status'
import { PlaceLink, usePlace } from './place'
import { usePlan } from './plan-context'

const SHOWN: readonly { state: CheckpointState; one: string; many: string }[] = [
  { state: 'ready', one: 'ready', many: 'ready' },
  { state: 'claimed', one: 'claimed', many: 'claimed' },
  { state: 'failed', one: 'failed', many: 'failed' },
  { state: 'awaiting_consensus', one: 'vote', many: 'votes' },
  { state: 'blocked', one: 'blocked', many: 'blocked' },
]

/** What is left, in numbers; each one shows the list of what it counts. */
export function Summary({ className }: { className?: string }) {
  const { plan } = usePlan()
  const { hrefOf, status, chain } = usePlace()
  const { counts, attention } = plan
  const left = plan.chain.length
  return (
    <ul aria-label="What is left" className={clsx('flex items-center gap-1 overflow-x-auto text-xs tabular-nums', className)}>
      {SHOWN.filter(({ state }) => counts[state] > 0).map(({ state, one, many }) => (
        <li key={state}>
          <PlaceLink
            href={hrefOf(status.has(state) ? { status: null } : { view: 'list', status: state })}
            step="replace"
            aria-current={status.has(state) ? 'true' : undefined}
            className={clsx(chipClass, status.has(state) && STATUS[state].tint)}
          >
            <StatusGlyph state={state === 'failed' && attention > 0 ? 'attention' : state} size={13} />
            <b className="font-semibold text-text">{counts[state]}</b> {counts[state] === 1 ? one : many}{' '}
            {state === 'failed' && attention > 0 && (
              <span className="max-sm:sr-only">({attention === 1 ? '1 needs attention' : `${attention} need attention`})</span>
            )}
          </PlaceLink>
        </li>
      ))}
      {left > 0 && (
        <li>
          <PlaceLink
            href={hrefOf(chain ? { status: null } : { view: 'list', status: 'chain' })}
            step="replace"
            aria-current={chain ? 'true' : undefined}
            title="The checkpoints that must still be done one after another, however many people help"
            className={clsx(chipClass, chain && 'bg-line')}
          >
            <span>
              <span className="max-sm:hidden">longest </span>chain<span className="max-sm:hidden"> left</span>
            </span>
            <b className="font-semibold text-text">{left}</b>
          </PlaceLink>
        </li>
      )}
      {left === 0 && counts.completed > 0 && (
        <li className="flex h-7 items-center px-1.5 text-muted max-sm:px-1">{allDone(counts.completed)}</li>
      )}
    </ul>
  )
}

const allDone = (count: number) => (count === 1 ? 'The only checkpoint is done' : `All ${count} checkpoints are done`)

const chipClass =
  'flex h-7 items-center gap-1.5 rounded-md px-1.5 max-sm:gap-1 max-sm:px-1 whitespace-nowrap text-muted hover:bg-line hover:text-text'
