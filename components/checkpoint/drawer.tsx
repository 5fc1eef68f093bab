'use client'
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { numberOf, type PlanNode } from '@/lib/client/plan'
import { hasUnsentIn } from '@/lib/client/unsent'
import { isolated, shown } from '@/lib/domain/bidi'
import { go, PlaceLink, usePlace } from '../plan/place'
import { usePlan } from '../plan/plan-context'
import { iconButtonClass } from '../ui/button'
import { CopyButton } from '../ui/copy'
import { Written } from '../ui/written'
import { Actions } from './actions'
import { DeleteCheckpoint } from './delete'
import { Dependencies } from './dependencies'
import { EditForm } from './edit-form'
import { Fail } from './fail'
import { ForAgents } from './for-agents'
import { Gate } from './gate'
import { GitFields } from './git-fields'
import { History } from './history'
import { headingOfDrawer } from './landmarks'
import { LiftGate } from './lift-gate'
import { NoteField } from './note'
import { Reopen } from './reopen'
import { StatusSentence } from './status-sentence'
import { Withdraw } from './withdraw'

/** One checkpoint beside its plan: what stands in the way, what one can do, and everything known about it. */
export function Drawer({ id, notice }: { id: string; notice: ReactNode }) {
  const { plan, setRefused } = usePlan()
  const { hrefOf } = usePlace()
  const heading = useRef<HTMLHeadingElement>(null)
  const forms = useRef<HTMLDivElement>(null)
  const [node, isGone] = useKept(plan.nodes.get(id), id, forms)
  const close = hrefOf({ cp: null })
  useFocusReturn(id, heading)
  // What was refused stays marked as long as one looks at it.
  useEffect(() => () => setRefused(null), [setRefused])

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
      if (document.querySelector(':popover-open, dialog[open]')) return
      if (leaveField(event.target)) return
      go(close, 'replace')
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [close])

  const checkpoint = node?.checkpoint
  return (
    <aside
      id="drawer"
      data-for-parameter="cp"
      aria-label={node ? `Checkpoint ${node.order}, ${isolated(node.title)}` : 'Checkpoint'}
      className="drawer fixed inset-0 top-12 z-20 overflow-y-auto border-line bg-panel lg:relative lg:inset-auto lg:z-auto lg:h-full lg:w-[380px] xl:w-[420px] lg:flex-none lg:border-l"
    >
      <header className="sticky top-0 z-10 flex items-center gap-1 bg-panel py-2 pr-3 pl-5">
        <p className="mr-auto min-w-0 truncate text-xs text-muted">
          {node?.milestone ? (
            <>
              <Written text={node.milestone.title} /> · {node.order}
            </>
          ) : (
            'Checkpoint'
          )}
        </p>
        {checkpoint && <CopyButton text={`${node.milestone_id}:${node.order}`} label="Copy the checkpoint's reference" />}
        <PlaceLink href={close} step="replace" className={iconButtonClass}>
          <X size={16} aria-hidden="true" />
          <span className="sr-only">Close</span>
        </PlaceLink>
      </header>
      <div className="*:not-empty:mb-4">{notice}</div>
      <p role="status" className="wrap-anywhere text-muted not-empty:px-5 not-empty:pb-3">
        {isGone && 'It was deleted, or you may no longer see it, so nothing here can be saved. What you entered is still here.'}
      </p>
      {checkpoint && node.milestone ? (
        <div key={id} ref={forms} className="divide-y divide-line pb-20">
          <section className="grid grid-cols-1 gap-3 px-5 pb-4">
            <h2 ref={heading} tabIndex={-1} className="text-base leading-[22px] font-semibold tracking-tight wrap-anywhere outline-none">
              <Written text={node.title} />
            </h2>
            <StatusSentence node={node} checkpoint={checkpoint} />
            <Actions node={node} checkpoint={checkpoint} />
            <Fail node={node} checkpoint={checkpoint} />
            {checkpoint.description && (
              <p dir="auto" className="whitespace-pre-line wrap-anywhere">
                {shown(checkpoint.description)}
              </p>
            )}
          </section>
          {checkpoint.requires_consensus && <Gate checkpoint={checkpoint} />}
          <Dependencies node={node} />
          <GitFields node={node} checkpoint={checkpoint} />
          <NoteField node={node} checkpoint={checkpoint} />
          <History node={node} checkpoint={checkpoint} />
          <ForAgents node={node} checkpoint={checkpoint} milestone={node.milestone} />
          <section className="grid grid-cols-1 justify-items-start gap-2 px-5 py-4">
            <Reopen node={node} checkpoint={checkpoint} />
            <EditForm node={node} checkpoint={checkpoint} milestone={node.milestone} />
            <LiftGate node={node} checkpoint={checkpoint} />
            <Withdraw node={node} checkpoint={checkpoint} />
            <DeleteCheckpoint node={node} checkpoint={checkpoint} />
          </section>
        </div>
      ) : (
        <Missing heading={heading} name={node ? numberOf(node, null) : null} />
      )}
    </aside>
  )
}

/** The checkpoint as it was last, if it is gone while something unsent is in its forms. */
function useKept(found: PlanNode | undefined, id: string, forms: React.RefObject<HTMLElement | null>): [PlanNode | undefined, boolean] {
  const [last, setLast] = useState(found)
  if (found && found !== last) setLast(found)
  const isGone = !found && last?.id === id && hasUnsentIn(forms.current)
  return [isGone ? last : found, isGone]
}

/** Escape in a field only leaves the field, for the control that shows its form or else for the drawer's heading. It returns whether it did. */
function leaveField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || !target.matches(FIELDS)) return false
  const summary = target.closest('details')?.querySelector('summary')
  const next = summary ?? (target.closest('#drawer') ? headingOfDrawer() : null)
  if (next) next.focus()
  else target.blur()
  return true
}

const FIELDS = 'textarea, select, input:not([type=checkbox], [type=radio])'

function Missing({ heading, name }: { heading: React.RefObject<HTMLHeadingElement | null>; name: string | null }) {
  return (
    <section className="grid gap-2 px-5 pb-4">
      <h2 ref={heading} tabIndex={-1} className="text-base font-semibold outline-none">
        This checkpoint is not in this view
      </h2>
      <p className="text-muted">
        {name ? `${name} belongs to another milestone. Open it from its milestone's page.` : 'It was deleted, or the link is incomplete.'}
      </p>
    </section>
  )
}

/** Opening moves the focus in; closing gives it back to what opened it, or to the checkpoint's row where that is gone. */
function useFocusReturn(id: string, heading: React.RefObject<HTMLHeadingElement | null>) {
  const opener = useRef<HTMLElement | null>(null)
  const current = useRef(id)
  useEffect(() => {
    current.current = id
    const active = document.activeElement
    if (active instanceof HTMLElement && active !== document.body && !active.closest('aside')) opener.current = active
    heading.current?.focus({ preventScroll: true })
  }, [id, heading])
  useEffect(() => {
    return () => {
      const back = opener.current?.isConnected ? opener.current : document.getElementById(`row-${current.current}`)?.querySelector('a')
      // After the commit: what was inert or hidden under the drawer is reachable again.
      setTimeout(() => {
        if (!document.getElementById('drawer')) back?.focus({ preventScroll: true })
      })
    }
  }, [])
}
