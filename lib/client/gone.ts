import type { Refusal } from '@/lib/domain/answer'
import { announce } from './announce'

/** For a form about something that others have removed meanwhile: the page that is read again has no such form, so it cannot say why in it. */
export function sayIfGone({ error, message }: Refusal): void {
  if (error === 'not_found') announce(message, 'trouble')
}
