import Link from 'next/link'
import { numberOf, type PlanNode } from '@/lib/client/plan'
import { shown } from '@/lib/domain/bidi'
import type { Proposal } from '@/lib/domain/schemas/proposal'
import { gitLinksOf } from '../git/git-links'
import { GitIcon } from '../git/icons'
import { StatusGlyph, StatusLabel, statusOf } from '../status/status'
import { Written } from '../ui/written'
import type { Gated } from './gated'

/** What a yes approves: the checkpoint as it is, with what it depends on and the work that it links to. */
export function GatedContent({ proposal, gated: { checkpoint, milestone, dependencies } }: { proposal: Proposal; gated: Gated }) {
  const { round, round_reason, unblocks } = proposal
  const { checkpoint_id, order, title, description } = checkpoint
  const { milestone_id } = milestone
  const links = gitLinksOf(checkpoint)
  return (
    <section aria-labelledby="gated" className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <h2 id="gated" className="text-[15px] leading-6 font-semibold">
        What a yes approves
      </h2>
      <div className="grid grid-cols-[minmax(0,1fr)] divide-y divide-line rounded-lg border border-line bg-panel *:px-4 *:py-3">
        <div className="grid gap-1">
          <p className="wrap-anywhere">
            Completing{' '}
            <Link href={`/m/${milestone_id}?cp=${checkpoint_id}`} className="rounded font-medium text-accent underline">
              {order} <Written text={title} />
            </Link>{' '}
            in <Written text={milestone.title} />
            {unblocks > 0 && (unblocks === 1 ? ', for which 1 other waits' : `, for which ${unblocks} others wait`)}.
          </p>
          {checkpoint.state !== 'awaiting_consensus' && <StatusLabel state={statusOf(checkpoint)} />}
          {description !== '' && (
            <p dir="auto" className="max-w-[80ch] pt-1 whitespace-pre-line wrap-anywhere">
              {shown(description)}
            </p>
          )}
        </div>
        <div className="grid gap-1.5">
          <h3 className="text-xs font-semibold text-muted">Depends on</h3>
          {dependencies.length === 0 && <p className="text-muted">Nothing.</p>}
          <ul className="grid gap-1">
            {dependencies.map((node) => (
              <Dependency key={node.id} node={node} milestone_id={milestone_id} />
            ))}
          </ul>
        </div>
        {links.length > 0 && (
          <ul className="flex flex-wrap gap-x-4 gap-y-1">
            {links.map(({ field, url, name }) => (
              <li key={field} className="min-w-0">
                <a
                  href={url}
                  target="_blank"
                  rel="noreferrer"
                  className="flex min-w-0 items-center gap-1.5 rounded text-accent underline wrap-anywhere"
                >
                  <GitIcon field={field} />
                  {name}
                </a>
              </li>
            ))}
          </ul>
        )}
        <p className="text-xs text-muted wrap-anywhere">
          This vote is for the content of round {round}: title, description and dependencies. If one of these changes, a new round begins.
          {round_reason !== '' && (
            <>
              {' '}
              Round {round} began because: “<Written text={round_reason} />”
            </>
          )}
        </p>
      </div>
    </section>
  )
}

function Dependency({ node, milestone_id }: { node: PlanNode; milestone_id: string }) {
  const state = statusOf({ state: node.state, needs_attention: node.checkpoint?.needs_attention })
  const name = (
    <>
      <span className="text-muted">{numberOf(node, milestone_id)}</span> {!node.private && <Written text={node.title} />}
    </>
  )
  return (
    <li className="flex min-w-0 items-start gap-2">
      <StatusGlyph state={state} size={14} className="mt-0.5" />
      <span className="min-w-0 wrap-anywhere">
        {node.private || node.milestone_id === null ? (
          'a private checkpoint'
        ) : (
          <Link href={`/m/${node.milestone_id}?cp=${node.id}`} className="rounded hover:underline">
            {name}
          </Link>
        )}
        <span className="text-muted"> · {node.state.replaceAll('_', ' ')}</span>
      </span>
    </li>
  )
}
