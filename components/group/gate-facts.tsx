import type { Group } from '@/lib/domain/schemas/group'
import { Section } from '../ui/section'
import { GATE_HINT, THRESHOLD, VOTERS } from './gate-words'

/** How the votes that checkpoints need are counted, for somebody who cannot change it. */
export function GateFacts({ group }: { group: Group }) {
  const { gate_threshold, gate_voters, gate_deadline_hours, no_self_approval, gate_auto_finalize } = group
  return (
    <Section title="Votes on checkpoints" hint={GATE_HINT}>
      <dl className="grid max-w-2xl grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2 rounded-lg border border-line bg-panel px-4 py-3 [&_dt]:text-muted">
        <dt>A vote passes with</dt>
        <dd>{THRESHOLD[gate_threshold]}</dd>
        <dt>Who votes</dt>
        <dd>{VOTERS[gate_voters]}</dd>
        <dt>Deadline</dt>
        <dd>{gate_deadline_hours === null ? 'None' : `${gate_deadline_hours} h after a round begins`}</dd>
        <dt>Own work</dt>
        <dd>{no_self_approval ? 'Nobody votes on their own work' : 'Everybody votes, also on their own work'}</dd>
        <dt>Finalizing</dt>
        <dd>{gate_auto_finalize ? 'As soon as a vote is decided' : 'By somebody, once a vote is decided'}</dd>
      </dl>
    </Section>
  )
}
