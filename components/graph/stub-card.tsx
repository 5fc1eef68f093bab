import clsx from 'clsx'
import { ArrowUpRight, Lock } from 'lucide-react'
import Link from 'next/link'
import { memo } from 'react'
import { isolated } from '@/lib/domain/bidi'
import { STATUS, StatusGlyph } from '../status/status'
import { Written } from '../ui/written'
import { type FlowNodeProps, Handle, Position } from './rf'
import { toneOf, useView } from './view-store'

/** A checkpoint of another milestone or project. It leads to its milestone if the person may see that, and otherwise only says how it stands. */
export const StubCard = memo(function StubCard({ id }: FlowNodeProps) {
  const face = useView((view) => view.faces.get(id))
  const tone = useView((view) => toneOf(view, id))
  const stop = useView((view) => (view.stop === null ? null : view.stop === id))
  if (!face) return null
  const tabIndex = stop === null ? undefined : stop ? 0 : -1
  const title = 'graph-title text-muted'
  return (
    <div className="graph-card border-dotted border-faint bg-bg" data-tone={tone} data-state={face.state}>
      <span className="flex min-h-0 items-start gap-[7px]">
        <StatusGlyph state={face.state} className="graph-glyph" />
        {face.private || face.milestone_id === null ? (
          <span role="img" data-stop={id} tabIndex={tabIndex} aria-label={face.name} className={title}>
            Private checkpoint
          </span>
        ) : (
          <>
            <span aria-hidden="true" className="graph-number">
              {face.order}
            </span>
            <Link
              href={`/m/${face.milestone_id}?cp=${id}`}
              prefetch={false}
              data-stop={id}
              draggable={false}
              tabIndex={tabIndex}
              aria-label={face.name}
              className={title}
            >
              <Written text={face.title} />
            </Link>
          </>
        )}
        {face.private ? (
          <Lock size={13} className="mt-px flex-none text-faint" />
        ) : (
          <ArrowUpRight size={14} className="flex-none text-faint" />
        )}
      </span>
      <span className="graph-line">
        <b title={face.more ?? undefined} className={clsx('relative z-1 flex-none font-semibold', STATUS[face.state].text)}>
          {face.word}
        </b>
        {!face.private && (
          <Written
            text={face.milestone_title}
            title={`${isolated(face.milestone_title)}, ${face.group_slug}`}
            className="truncate text-muted"
          />
        )}
      </span>
      <Handle type="target" position={Position.Left} isConnectable={false} className="graph-handle" />
      <Handle type="source" position={Position.Right} isConnectable={false} className="graph-handle" />
    </div>
  )
})
