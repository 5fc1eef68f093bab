import * as z from 'zod'
import type { ProblemCode } from '@/lib/domain/errors'
import { operationNamed } from '../samples'
import { NAMES } from './calls'
import type { Answered, Name } from './record'

/** The refusals of every call about a group's work. */
const COMMON: readonly ProblemCode[] = ['not_found', 'forbidden', 'idempotency_mismatch']

/** Refusals for which the agents have no call: no milestone is moved to another project. */
const IMPOSSIBLE: { [N in Name]?: readonly string[] } = { update_milestone: ['project_not_active'] }

/** Calls whose input has the version that the caller expects. */
const isVersioned = (name: Name): boolean => 'expected_version' in (toSchema(name).properties ?? {})

const toSchema = (name: Name) => z.toJSONSchema(operationNamed(name).input, { io: 'input', unrepresentable: 'any' })

/** The outcomes that a call must have had: what its definition says that it may answer. */
const documented = (name: Name): string[] => {
  const codes: string[] = [...operationNamed(name).errors, ...COMMON, ...(isVersioned(name) ? ['version_mismatch'] : [])]
  return ['done', 'replayed', ...codes.filter((code) => !IMPOSSIBLE[name]?.includes(code))]
}

const DOCUMENTED = new Map(NAMES.map((name) => [name, documented(name)]))

const outcomeOf = ({ code, changed, replayed }: Answered) => code ?? (replayed ? 'replayed' : changed ? 'done' : 'unchanged')

/** An outcome of a call: a code of a refusal, `done` or `replayed`. */
export type Outcome = { name: Name; outcome: string }

/** Whether whoever seeks this outcome has to make a call that succeeds. */
export const isSuccess = ({ outcome }: Outcome): boolean => outcome === 'done' || outcome === 'replayed'

/** How often each call had each outcome. */
export class Tally {
  private readonly counts = new Map<Name, Map<string, number>>(NAMES.map((name) => [name, new Map()]))

  note(answer: Answered): void {
    const row = this.counts.get(answer.call.name)
    row?.set(outcomeOf(answer), (row.get(outcomeOf(answer)) ?? 0) + 1)
  }

  /** The documented outcomes that occurred less than `least` times, so that a history proves nothing of them. */
  missing(least: number): (Outcome & { count: number })[] {
    return NAMES.flatMap((name) =>
      (DOCUMENTED.get(name) ?? [])
        .map((outcome) => ({ name, outcome, count: this.counts.get(name)?.get(outcome) ?? 0 }))
        .filter(({ count }) => count < least),
    )
  }

  toString(): string {
    const row = (outcomes: Map<string, number>) =>
      [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${outcome} ${count}`)
    return [...this.counts].map(([name, outcomes]) => `${name}: ${row(outcomes).join(', ')}`).join('\n')
  }
}
