import type { Refusal } from '../answer'
import type { ProblemCode } from '../errors'
import { nounOf } from '../reference'
import { Blocker } from '../schemas/checkpoint'
import { enumerated, firstOf } from '../words'
import { faceLine } from './checkpoint'
import { lines, listed } from './quote'
import type { Say } from './say'

/** What was asked for, as far as it could be understood. */
export type Asked = Readonly<Record<string, unknown>>

type Call = readonly [operation: string, input: Asked]

const MOST_BLOCKERS = 3
const MOST_OF_A_MESSAGE = 500

const pick = (asked: Asked, ...fields: string[]): Asked =>
  Object.fromEntries(fields.flatMap((field) => (asked[field] === undefined ? [] : [[field, asked[field]]])))

const milestone = (asked: Asked): Call[] => ('milestone_id' in asked ? [['get_milestone', pick(asked, 'milestone_id')]] : [])
const checkpoint = (asked: Asked): Call[] =>
  'order' in asked ? [['get_milestone', pick(asked, 'milestone_id', 'order')]] : milestone(asked)
const untilReady = (asked: Asked): Call[] =>
  'order' in asked ? [['wait_for', { ...pick(asked, 'milestone_id', 'order'), until: 'ready' }]] : []
const whyBlocked = (asked: Asked): Call[] => ('order' in asked ? [['why_blocked', pick(asked, 'milestone_id', 'order')]] : [])
const projects = (asked: Asked): Call[] => ('group_id' in asked ? [['list_projects', pick(asked, 'group_id')]] : [['list_groups', {}]])
const none = (): Call[] => []

/** The safe next calls after a refusal: they find out more, wait, or do other work. None of them loosens a plan. A new code does not compile until it is here. */
const NEXT: { [C in ProblemCode]: (asked: Asked) => readonly Call[] } = {
  malformed: none,
  unauthenticated: none,
  forbidden: () => [['get_my_permissions', {}]],
  not_found: () => [['list_groups', {}]],
  method_not_allowed: none,
  blocked: (asked) => [...whyBlocked(asked), ...untilReady(asked)],
  claimed: untilReady,
  claim_lost: checkpoint,
  needs_attention: checkpoint,
  consensus_required: (asked) => [...checkpoint(asked), ...untilReady(asked)],
  checkpoint_completed: checkpoint,
  not_completed: checkpoint,
  not_failed: checkpoint,
  has_dependents: milestone,
  dependents_completed: milestone,
  cycle: milestone,
  version_mismatch: milestone,
  slug_taken: none,
  project_not_active: projects,
  project_active: projects,
  default_project: projects,
  milestone_closed: milestone,
  milestone_active: milestone,
  incomplete: milestone,
  proposal_finalized: none,
  already_voted: none,
  already_member: none,
  log_replaced: () => [['list_events', { after: 0 }]],
  too_large: none,
  unsupported_media_type: none,
  invalid: none,
  invalid_dependency: milestone,
  invalid_url: none,
  idempotency_mismatch: none,
  rate_limited: none,
  internal: none,
  busy: none,
  unavailable: none,
}

/** A refusal for a reader who pays per token: the code and the sentence, what is in the way, and then the safe next calls, one a line. */
export const refusalText = (
  { error, message, details }: Pick<Refusal, 'error' | 'message' | 'details'>,
  asked: Asked,
  say: Say,
): string => {
  const blockers = Blocker.array().safeParse(details.blockers).data ?? []
  return lines(
    `${error}: ${cut(shortened(message, blockers))}`,
    listed(blockers.slice(0, MOST_BLOCKERS), blockers.length, faceLine),
    NEXT[error](asked).map(([operation, input]) => `next: ${say(operation, input)}`),
  )
}

/** The sentence of D1 with only the first blockers. It names all of them, up to fifty. */
const shortened = (message: string, blockers: readonly Blocker[]): string => {
  const names = blockers.map(({ ref }) => nounOf(ref))
  return message.replace(enumerated(names), firstOf(names, MOST_BLOCKERS))
}

const cut = (message: string): string => (message.length > MOST_OF_A_MESSAGE ? `${message.slice(0, MOST_OF_A_MESSAGE)}…` : message)
