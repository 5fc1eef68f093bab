import clsx from 'clsx'
import type { ReactNode } from 'react'
import type { CheckpointState } from '@/lib/domain/state'

/**
 * What a status is drawn as. `attention` is the state `failed` of a checkpoint that only a person can give back. `refused` is no state of a checkpoint:
 * it is the answer to something that was tried.
 */
export type Status = CheckpointState | 'attention' | 'refused'

export type StatusStyle = { word: string; token: string; text: string; fill: string; tint: string }

// The class names are spelled out because Tailwind finds them by reading the source.
export const STATUS: Record<Status, StatusStyle> = {
  completed: { word: 'Done', token: 'done', text: 'text-done', fill: 'bg-done', tint: 'bg-done-tint' },
  ready: { word: 'Ready', token: 'ready', text: 'text-ready', fill: 'bg-ready', tint: 'bg-ready-tint' },
  claimed: { word: 'Claimed', token: 'claimed', text: 'text-claimed', fill: 'bg-claimed', tint: 'bg-claimed-tint' },
  failed: { word: 'Failed', token: 'failed', text: 'text-failed', fill: 'bg-failed', tint: 'bg-failed-tint' },
  attention: { word: 'Needs attention', token: 'failed', text: 'text-failed', fill: 'bg-failed', tint: 'bg-failed-tint' },
  awaiting_consensus: { word: 'Vote', token: 'vote', text: 'text-vote', fill: 'bg-vote', tint: 'bg-vote-tint' },
  blocked: { word: 'Blocked', token: 'blocked', text: 'text-blocked', fill: 'bg-blocked', tint: 'bg-blocked-tint' },
  refused: { word: 'Refused', token: 'refused', text: 'text-refused', fill: 'bg-refused', tint: 'bg-refused-tint' },
}

/** How a checkpoint is shown; of one outside the plan it is not known whether it needs attention. */
export const statusOf = ({ state, needs_attention }: { state: CheckpointState; needs_attention?: boolean | undefined }): Status =>
  state === 'failed' && needs_attention ? 'attention' : state

/** The order in which legends, bars and counts list the states. */
export const STATES: readonly CheckpointState[] = ['completed', 'ready', 'claimed', 'failed', 'awaiting_consensus', 'blocked']

// Each silhouette differs, so that a status is read without its colour. Knock-outs take the panel's colour.
const SHAPES: Record<Status, ReactNode> = {
  completed: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M4.8 8.2l2.2 2.2 4.2-4.6" stroke="var(--panel)" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  ready: (
    <>
      <circle cx="8" cy="8" r="6.25" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6.4 5v6L11.3 8z" fill="currentColor" />
    </>
  ),
  claimed: (
    <>
      <circle cx="8" cy="8" r="6.25" stroke="currentColor" strokeWidth="1.5" opacity=".35" />
      <path d="M8 1.75A6.25 6.25 0 1 1 1.75 8" stroke="currentColor" strokeWidth="2" />
      <circle cx="8" cy="8" r="2.2" fill="currentColor" />
    </>
  ),
  failed: (
    <>
      <path d="M8 1.9L14.9 13.9H1.1z" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
      <path d="M8 6.2v3.4m0 2v.1" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  attention: (
    <>
      <path d="M8 1.9L14.9 13.9H1.1z" fill="currentColor" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
      <path d="M8 6.2v3.4m0 2v.1" stroke="var(--panel)" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  awaiting_consensus: (
    <>
      <path d="M8 1.2L14.8 8 8 14.8 1.2 8z" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
      <path d="M5.4 8.1l1.8 1.8 3.4-3.6" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  blocked: (
    <>
      <circle cx="8" cy="8" r="6.35" stroke="currentColor" strokeWidth="1.3" />
      <rect x="5.2" y="7.3" width="5.6" height="4" rx=".8" fill="currentColor" />
      <path d="M6.4 7.3V6a1.6 1.6 0 0 1 3.2 0v1.3" stroke="currentColor" strokeWidth="1.2" />
    </>
  ),
  refused: (
    <>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor" />
      <path d="M5.6 5.6l4.8 4.8m0-4.8l-4.8 4.8" stroke="var(--panel)" strokeWidth="1.7" strokeLinecap="round" />
    </>
  ),
}

/** The sign alone, which is not read out. The word has to stand nearby. */
export function StatusGlyph({ state, size = 16, className }: { state: Status; size?: number; className?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      aria-hidden="true"
      focusable="false"
      className={clsx('block flex-none', STATUS[state].text, className)}
    >
      {SHAPES[state]}
    </svg>
  )
}

/** Glyph and word together: colour never carries the meaning alone. */
export function StatusLabel({ state, size = 14, className }: { state: Status; size?: number; className?: string }) {
  return (
    <span className={clsx('flex w-fit items-center gap-1.5 whitespace-nowrap font-medium', STATUS[state].text, className)}>
      <StatusGlyph state={state} size={size} />
      {STATUS[state].word}
    </span>
  )
}
