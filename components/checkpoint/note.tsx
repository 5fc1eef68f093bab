'use client'
import { useRef, useState } from 'react'
import { updateCheckpoint } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { nothingSent } from '@/lib/client/draft'
import type { Checkpoint } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import { fieldError } from '@/lib/client/refusal'
import { shown } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { DraftField } from '../ui/draft-field'

/** What was learnt on the way; it may be written after completion too. */
export function NoteField({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { plan } = usePlan()
  const section = useRef<HTMLElement>(null)
  const [saved, setSaved] = useState(0)
  const act = useAct(updateCheckpoint, {
    said: () => 'The note is saved.',
    leadsTo: () => section.current?.querySelector('summary') ?? null,
    onDone: () => setSaved(saved + 1),
  })
  const error = fieldError(act.refusal, 'note')
  const [refusedBefore] = useState(act.trouble !== null)
  if (!plan.graph.may.write && !checkpoint.note) return null
  return (
    <section ref={section} className="grid gap-1 px-5 py-4">
      <h3 className="text-xs font-semibold text-muted">Note</h3>
      {checkpoint.note && (
        <p dir="auto" className="whitespace-pre-line wrap-anywhere">
          {shown(checkpoint.note)}
        </p>
      )}
      {plan.graph.may.write && (
        <Disclosure key={saved} summary={checkpoint.note ? 'Edit the note' : 'Add a note'} open={refusedBefore && saved === 0}>
          <form {...act.form} className="grid gap-2">
            <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
            <input type="hidden" name="order" value={node.id} />
            <DraftField
              label="Note"
              hideLabel
              name="note"
              now={checkpoint.note}
              sent={saved === 0 ? act.sent : nothingSent}
              lines
              maxLength={LIMITS.remark}
              error={error}
            />
            <Outcome act={act} placed={error !== undefined} />
            <Button type="submit" busy={act.pending} className="justify-self-start">
              Save the note
            </Button>
          </form>
        </Disclosure>
      )}
    </section>
  )
}
