'use client'
import type { SentBack } from '@/lib/client/draft'
import { fieldError } from '@/lib/client/refusal'
import type { Refusal } from '@/lib/domain/answer'
import { LIMITS } from '@/lib/domain/limits'
import { DraftField } from '../ui/draft-field'

type DraftTextsProps = {
  /** What has the two texts, as it is now. */
  now: { title: string; description: string }
  sent: SentBack
  refusal: Refusal | null
}

/** The two texts that a milestone and a checkpoint have, which others may change while they are edited. */
export function DraftTexts({ now: { title, description }, sent, refusal }: DraftTextsProps) {
  return (
    <>
      <DraftField
        label="Title"
        name="title"
        now={title}
        sent={sent}
        required
        maxLength={LIMITS.title}
        error={fieldError(refusal, 'title')}
      />
      <DraftField
        label="Description"
        name="description"
        now={description}
        sent={sent}
        lines
        maxLength={LIMITS.description}
        error={fieldError(refusal, 'description')}
      />
    </>
  )
}

/** Whether a refusal is said at one of the two texts. */
export const isAtTexts = (refusal: Refusal | null) => ['title', 'description'].some((path) => fieldError(refusal, path) !== undefined)
