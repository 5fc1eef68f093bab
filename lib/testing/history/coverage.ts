import * as z from 'zod'
import type { ProblemCode } from '@/lib/domain/errors'
import { operationNamed } from '../samples'
import { NAMES } from './calls'
import type { Answered, Name } from './record'

/** How often each call had each outcome. */
export type Outcomes = Map<Name, Map<string, number>>

const outcomeOf = ({ code, changed, replayed }: Answered) => code ?? (replayed ? 'replayed' : changed ? 'done' : 'unchanged')

export const outcomesOf = (answers: readonly Answered[]): Outcomes => {
  const outcomes: Outcomes = new Map(NAMES.map((name) => [name, new Map()]))
  for (const answer of answers) {
    const row = outcomes.get(answer.call.name)
    row?.set(outcomeOf(answer), (row.get(outcomeOf(answer)) ?? 0) + 1)
  }
  return outcomes
}

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

/** The outcomes that occurred less than `least` times, so that the history proves nothing of them. */
export const missing = (outcomes: Outcomes, least: number): string[] =>
  NAMES.flatMap((name) =>
    documented(name)
      .map((outcome) => ({ outcome, count: outcomes.get(name)?.get(outcome) ?? 0 }))
      .filter(({ count }) => count < least)
      .map(({ outcome, count }) => `${name}: ${outcome} ${count} times`),
  )

export const tableOf = (outcomes: Outcomes): string =>
  [...outcomes]
    .map(
      ([name, row]) =>
        `${name}: ${[...row]
          .sort(([, a], [, b]) => b - a)
          .map(([outcome, count]) => `${outcome} ${count}`)
          .join(', ')}`,
    )
    .join('\n')
