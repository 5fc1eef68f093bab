'use client'
import clsx from 'clsx'
import { enumerated } from '@/lib/domain/words'
import { CheckpointRow } from '../checkpoint/checkpoint-row'
import { PlaceLink, usePlace } from '../plan/place'
import { usePlan } from '../plan/plan-context'
import { STATUS } from '../status/status'
import { MilestoneHead, useFolded } from './milestone-head'

/** Every checkpoint in a table: all that the picture says, in words, and in reading order. */
export function CheckpointList({ heads = true, most = Number.POSITIVE_INFINITY }: { heads?: boolean; most?: number | undefined }) {
  const { plan } = usePlan()
  const { status, chain, hrefOf } = usePlace()
  const [isFolded, toggle] = useFolded()
  const filtered = chain || status.size > 0
  const inChain = new Set(chain ? plan.chain : [])

  let room = most
  const groups = plan.graph.milestones.map((milestone) => {
    const wanted = milestone.checkpoints.filter(
      ({ checkpoint_id, state }) => !filtered || status.has(state) || (chain && inChain.has(checkpoint_id)),
    )
    const folded = heads && !filtered && isFolded(milestone)
    const shown = folded ? [] : wanted.slice(0, Math.max(0, room))
    room -= shown.length
    return { milestone, folded, wanted, shown }
  })
  const visible = groups.filter(({ wanted }) => !filtered || wanted.length > 0)
  const goesOn = groups.some(({ folded, wanted, shown }) => !folded && shown.length < wanted.length)

  return (
    <div id="list" className="@container">
      {filtered && <Filter what={chain ? 'the longest chain left' : wordsOf(status)} clear={hrefOf({ status: null })} />}
      <table className="w-full border-collapse bg-panel @max-xl:block">
        <caption className="sr-only">Checkpoints by milestone</caption>
        <thead className="@max-xl:sr-only">
          <tr className="text-left text-xs text-muted">
            <th scope="col" className={clsx(headClass, 'w-11 min-w-11 text-right')}>
              <span className="sr-only">Number</span>
            </th>
            <th scope="col" className={clsx(headClass, 'w-[55%]')}>
              Checkpoint
            </th>
            <th scope="col" className={clsx(headClass, 'w-38 min-w-38')}>
              Status
            </th>
            <th scope="col" className={clsx(headClass, 'w-[45%]')}>
              Waits for
            </th>
            <th scope="col" className={clsx(headClass, 'w-22 min-w-22 @max-3xl:hidden')}>
              Unblocks
            </th>
            <th scope="col" className={clsx(headClass, 'w-52 min-w-40 @max-4xl:hidden')}>
              Who
            </th>
            <th scope="col" className={clsx(headClass, 'w-28 min-w-26 pr-5 pl-1.5')}>
              Git
            </th>
          </tr>
        </thead>
        {visible.map(({ milestone, folded, shown }) => (
          <tbody key={milestone.milestone_id} className="@max-xl:block">
            {heads && (
              <MilestoneHead
                milestone={milestone}
                folded={folded}
                toggle={filtered || milestone.checkpoints.length === 0 ? null : () => toggle(milestone)}
              />
            )}
            {shown.map((checkpoint) => (
              <CheckpointRow key={checkpoint.checkpoint_id} checkpoint={checkpoint} milestone={milestone} />
            ))}
          </tbody>
        ))}
      </table>
      {goesOn && (
        <p className="px-5 py-3">
          <a href={hrefOf({ view: 'list' })} className="font-medium text-accent hover:underline">
            Show the whole list
          </a>
        </p>
      )}
      {filtered && visible.length === 0 && <p className="px-5 py-6 text-muted">No checkpoint is in this state now.</p>}
    </div>
  )
}

const headClass = 'sticky top-0 z-10 h-8 border-b border-line bg-bg px-2.5 font-medium'

function Filter({ what, clear }: { what: string; clear: string }) {
  return (
    <p className="flex items-center gap-3 border-b border-line bg-panel px-5 py-2 text-muted">
      <span>
        Only <b className="font-medium text-text">{what}</b>
      </span>
      <PlaceLink href={clear} step="replace" className="rounded font-medium text-accent hover:underline">
        Show all
      </PlaceLink>
    </p>
  )
}

function wordsOf(status: ReturnType<typeof usePlace>['status']) {
  return enumerated([...status].map((state) => STATUS[state].word.toLowerCase()))
}
