import { headers } from 'next/headers'
import type * as z from 'zod'
import { getInstance } from '@/db/instance'
import { actorOfBrowser, assertSessionId } from '@/lib/auth/credentials'
import type { ActionResult } from '@/lib/domain/answer'
import { KEY_FIELD } from '@/lib/domain/form-fields'
import type { Mutation, Subject } from '@/lib/operations/define'
import { dataOf, execute } from '@/lib/operations/execute'
import { inputFromForm, sentIn } from './form'
import { readIdempotencyKey } from './idempotency'
import { toProblem } from './problem'

/** Runs an operation for a server action. It returns a refusal instead of throwing it, because Next hides the text of thrown errors in production. */
export const runAction = async <I extends z.ZodType, O extends z.ZodType, S extends Subject>(
  operation: Mutation<I, O, S>,
  given: unknown,
): Promise<ActionResult<z.output<O>>> => {
  const form = given instanceof FormData ? given : null
  const key = form?.get(KEY_FIELD) ?? null
  try {
    const sent = await headers()
    const actor = await actorOfBrowser(sent, { changes: true })
    assertSessionId(sent)
    const input = form ? inputFromForm(operation.input, form) : given
    const executed = await execute(getInstance(), operation, { input, actor, idempotency_key: readIdempotencyKey(KEY_FIELD, key) })
    return { success: true, data: dataOf(operation, executed), seq: executed.seq, changed: executed.changed ?? false }
  } catch (error) {
    const problem = toProblem(error, crypto.randomUUID())
    return form && key === null ? { ...problem, sent: sentIn(form) } : problem
  }
}
