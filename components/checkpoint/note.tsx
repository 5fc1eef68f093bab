'use client'
import { updateCheckpoint } from '@/app/actions'
import { fieldError } from '@/lib/client/action'
import type { Checkpoint } from '@/lib/client/graph'
import { useChange } from '@/lib/client/mutate'
import type { PlanNode } from '@/lib/client/plan'
import { LIMITS } from '@/lib/domain/limits'
import { usePlan } from '../milestone/plan-context'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { TextArea } from '../ui/field'

/** What was learnt on the way; it may be written after completion too. */
export function NoteField({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { plan } = usePlan()
  const { form, refusal, result, pending } = useChange(updateCheckpoint)
  if (!plan.graph.may.write && !checkpoint.note) return null
  return (
    <section className="grid gap-1 px-5 py-4">
      <h3 className="text-xs font-semibold text-muted">Note</h3>
      {checkpoint.note && <p className="whitespace-pre-line wrap-anywhere">{checkpoint.note}</p>}
      {plan.graph.may.write && (
        <Disclosure
          key={result?.success ? result.seq : 0}
          summary={checkpoint.note ? 'Change the note' : 'Add a note'}
          open={refusal !== null}
        >
          <form {...form} className="grid gap-2">
            <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
            <input type="hidden" name="order" value={node.id} />
            <TextArea
              label="Note"
              hideLabel
              name="note"
              maxLength={LIMITS.remark}
              defaultValue={checkpoint.note}
              error={refusal ? (fieldError(refusal, 'note') ?? refusal.message) : undefined}
            />
            <Button type="submit" busy={pending} className="justify-self-start">
              Save the note
            </Button>
          </form>
        </Disclosure>
      )}
    </section>
  )
}
