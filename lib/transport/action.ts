import { headers } from 'next/headers'
import type * as z from 'zod'
import { getInstance } from '@/db/instance'
import { actorOfBrowser } from '@/lib/auth/credentials'
import type { Mutation, Subject } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import { inputFromForm } from './form'
import { type Problem, toProblem } from './problem'

export type ActionResult<T> = { success: true; data: T; seq: number; changed: boolean } | Problem

const parsed = <O extends z.ZodType>(_output: O, json: string): z.output<O> => JSON.parse(json)

/** An operation by a server action. A refusal is returned, not thrown: Next hides what is thrown in production. */
export const runAction = async <I extends z.ZodType, O extends z.ZodType, S extends Subject>(
  operation: Mutation<I, O, S>,
  given: unknown,
): Promise<ActionResult<z.output<O>>> => {
  try {
    const actor = await actorOfBrowser(await headers(), { changes: true })
    const input = given instanceof FormData ? inputFromForm(operation.input, given) : given
    const { data, seq, changed } = await execute(getInstance(), operation, { input, actor })
    return { success: true, data: parsed(operation.output, data), seq, changed: changed ?? false }
  } catch (error) {
    return toProblem(error, crypto.randomUUID())
  }
}
