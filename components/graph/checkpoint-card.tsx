import clsx from 'clsx'
import { memo, useState } from 'react'
import { shown } from '@/lib/domain/bidi'
import type { CheckpointState } from '@/lib/domain/state'
import { GitLinks } from '../git/git-links'
import { STATUS, StatusGlyph } from '../status/status'
import { Avatar, isAgent } from '../ui/avatar'
import { TimeLeft } from '../ui/time'
import { Written } from '../ui/written'
import type { Face } from './faces'
import { type FlowNodeProps, Handle, Position } from './rf'
import { toneOf, useView } from './view-store'

// What can be worked on now stands out; what is done or must wait steps back.
const SURFACE: Record<CheckpointState, string> = {
  completed: 'border-line bg-panel',
  ready: 'border-ready bg-ready-tint',
  claimed: 'border-claimed bg-claimed-tint',
  failed: 'border-failed bg-failed-tint',
  awaiting_consensus: 'border-vote bg-vote-tint',
  blocked: 'border-line-strong bg-panel',
}

export const CheckpointCard = memo(function CheckpointCard({ id }: FlowNodeProps) {
  const face = useView((view) => view.faces.get(id))
  const tone = useView((view) => toneOf(view, id))
  const refused = useView((view) => view.refused === id)
  const stop = useView((view) => (view.stop === null ? null : view.stop === id))
  const changes = useChanges(face?.state)
  if (!face) return null
  const { state } = face
  const status = refused ? 'refused' : face.status
  return (
    <div
      className={clsx('graph-card', refused ? 'border-refused bg-refused-tint' : SURFACE[state])}
      data-tone={tone}
      data-state={state}
      title={shown(face.title)}
    >
      <i aria-hidden="true" className={clsx('absolute inset-y-0 left-0 w-1', STATUS[status].fill)} />
      <span className="flex min-h-0 items-start gap-[7px]">
        <StatusGlyph state={status} className="graph-glyph" />
        <span aria-hidden="true" className="graph-number">
          {face.order}
        </span>
        <a
          href={`?cp=${id}`}
          data-stop={id}
          data-open={id}
          draggable={false}
          tabIndex={stop === null ? undefined : stop ? 0 : -1}
          aria-label={refused ? `${face.name} Refused.` : face.name}
          aria-current={tone === 'selected' ? 'true' : undefined}
          className={clsx('graph-title', state === 'blocked' || state === 'completed' ? 'text-muted' : 'text-text')}
        >
          <Written text={face.title} />
        </a>
      </span>
      <span className="graph-line">
        {refused ? <b className="font-semibold text-refused">Refused</b> : <SecondLine face={face} />}
        {face.git && <GitLinks checkpoint={face.git} tabIndex={stop === null ? undefined : -1} className="relative z-1 -mr-1.5 ml-auto" />}
      </span>
      {changes > 0 && <i key={changes} aria-hidden="true" className={clsx('graph-ring', STATUS[status].text)} />}
      <Handle type="target" position={Position.Left} isConnectable={false} className="graph-handle" />
      <Handle type="source" position={Position.Right} isConnectable={false} className="graph-handle" />
    </div>
  )
})

/** How often the state has changed since the card was drawn. */
function useChanges(state: CheckpointState | undefined) {
  const [seen, setSeen] = useState({ state, changes: 0 })
  if (seen.state === state) return seen.changes
  setSeen({ state, changes: seen.changes + 1 })
  return seen.changes + 1
}

function SecondLine({ face: { state, word, more, claim } }: { face: Face }) {
  if (state === 'ready') return <b className="rounded-full bg-ready px-2 font-semibold text-panel">{word}</b>
  return (
    <>
      <b className={clsx('flex-none font-semibold', STATUS[state].text)}>{word}</b>
      {claim && (
        <i aria-hidden="true" className="not-italic">
          <Avatar name={claim.held_by_name} agent={isAgent(claim.held_by)} size={14} />
        </i>
      )}
      {more && (
        <span className={clsx('min-w-0 truncate text-muted', more.startsWith(',') && '-ml-[5px]')} title={more}>
          {more}
        </span>
      )}
      {claim && <TimeLeft until={claim.expires_at} short className="flex-none text-muted before:mr-[5px] before:content-['·']" />}
    </>
  )
}
