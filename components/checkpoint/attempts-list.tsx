import type { Checkpoint } from '@/lib/client/graph'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import { type Status, StatusGlyph } from '../status/status'
import { For } from '../ui/avatar'
import { Time } from '../ui/time'
import { Written } from '../ui/written'
import { type Attempt, attemptsOf } from './attempts'

/** The end of a sentence that begins with the attempt, and the sign of what it came to. */
const ENDS: Record<Attempt['end'], { words: string; status: Status }> = {
  running: { words: 'began', status: 'claimed' },
  completed: { words: 'completed it', status: 'completed' },
  released: { words: 'was released', status: 'ready' },
  expired: { words: 'expired', status: 'failed' },
  failed: { words: 'failed', status: 'failed' },
}

/** Every attempt at the checkpoint with its outcome, the latest first. */
export function Attempts({ events, checkpoint }: { events: readonly LoggedEvent[]; checkpoint: Checkpoint }) {
  const attempts = attemptsOf(events, checkpoint)
  const unread = checkpoint.attempts - attempts.length
  return (
    <>
      <ol className="grid gap-1.5">
        {attempts.map((attempt) => (
          <li key={attempt.number} className="flex gap-2">
            <StatusGlyph state={ENDS[attempt.end].status} className="m-px" />
            <div className="min-w-0 wrap-anywhere">
              <p>
                <span className="font-medium">Attempt {attempt.number}</span> by <Maker attempt={attempt} checkpoint={checkpoint} />{' '}
                {ENDS[attempt.end].words}
                <span className="text-muted">
                  {' · '}
                  <Time at={attempt.at} className="whitespace-nowrap" />
                </span>
              </p>
              {attempt.end === 'failed' && (
                <p className="whitespace-pre-line text-muted">
                  <Written text={attempt.reason} />
                </p>
              )}
            </div>
          </li>
        ))}
      </ol>
      {unread > 0 && (
        <p className="mt-1.5 text-xs text-muted">
          {unread === 1 ? 'One earlier attempt is' : `${unread} earlier attempts are`} part of the earlier activity.
        </p>
      )}
    </>
  )
}

function Maker({ attempt: { number, by }, checkpoint: { claim, last_failure } }: { attempt: Attempt; checkpoint: Checkpoint }) {
  if (claim?.held_by_you && claim.attempt === number) return 'you'
  return (
    <>
      <Written text={by.actor_name || (last_failure?.attempt === number ? last_failure.by_name : 'someone')} />
      <For name={by.on_behalf_of} within />
    </>
  )
}
