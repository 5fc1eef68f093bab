import type { Refusal } from '../answer'
import type { FieldProblem, ProblemCode } from '../errors'
import { Blocker } from '../schemas/checkpoint'
import { ProposalSummary } from '../schemas/proposal'
import { faceLine, titled, wordOf } from './checkpoint'
import { fitting } from './cost'
import { standingOf } from './proposal'
import { cut, lines, listed, plain, words } from './quote'
import { next, type Say } from './say'
import { shortenedSentence, withCount } from './sentence'

/** What was asked for, as far as it could be understood. */
export type Asked = Readonly<Record<string, unknown>>

type Call = readonly [operation: string, input: Asked]

const MOST_BLOCKERS = 3
const MOST_FIELDS = 3
/** By the count of cost.ts, which is careful: such a text has at most 160 tokens. */
const MOST_TOKENS = 134
/** Of what a field has to be, so many characters are told in any case. */
const OWN_OF_A_FORM = 40
/** Below so many characters of a title, there is no room for more than the title. */
const ROOM_FOR_MORE = 40

/** Ids, slugs and numbers. Whatever else was given in place of one is not said again. */
const ADDRESS = /^[\w:-]{1,80}$/

const has = (asked: Asked, field: string): boolean => {
  const value = Object.hasOwn(asked, field) ? asked[field] : null
  return typeof value === 'number' || (typeof value === 'string' && ADDRESS.test(value))
}

const pick = (asked: Asked, ...fields: string[]): Asked =>
  Object.fromEntries(fields.flatMap((field) => (has(asked, field) ? [[field, asked[field]]] : [])))

const isCheckpoint = (asked: Asked): boolean => has(asked, 'milestone_id') && has(asked, 'order')

const milestone = (asked: Asked): Call[] => (has(asked, 'milestone_id') ? [['get_milestone', pick(asked, 'milestone_id')]] : [])
const checkpoint = (asked: Asked): Call[] =>
  isCheckpoint(asked) ? [['get_milestone', pick(asked, 'milestone_id', 'order')]] : milestone(asked)
const untilReady = (asked: Asked): Call[] =>
  isCheckpoint(asked) ? [['wait_for', { ...pick(asked, 'milestone_id', 'order'), until: 'ready' }]] : []
const whyBlocked = (asked: Asked): Call[] => (isCheckpoint(asked) ? [['why_blocked', pick(asked, 'milestone_id', 'order')]] : [])
const projects = (asked: Asked): Call[] =>
  has(asked, 'group_id') ? [['list_projects', { ...pick(asked, 'group_id'), status: 'active' }]] : [['list_groups', {}]]
const project = (asked: Asked): Call[] => (has(asked, 'project_id') ? [['get_project', pick(asked, 'project_id')]] : projects(asked))
const proposal = (asked: Asked): Call[] => (has(asked, 'proposal_id') ? [['get_proposal', pick(asked, 'proposal_id')]] : [])
/** What is asked for by the id in the details of a refusal. */
const addressOf = (named: unknown): Asked =>
  typeof named === 'object' && named !== null && 'proposal_id' in named ? { proposal_id: named.proposal_id } : {}
const none = (): Call[] => []

/** Where one finds what there is of a kind. */
const found = (asked: Asked, { kind }: Refusal['details']): Call[] => {
  if (kind === 'checkpoint') return milestone(asked)
  if (kind === 'milestone' && has(asked, 'group_id')) return [['list_milestones', pick(asked, 'group_id')]]
  if (kind === 'project') return projects(asked)
  return kind === 'milestone' || kind === 'group' ? [['list_groups', {}]] : []
}

/** The safe next calls after a refusal: they find out more, wait, or do other work. None of them loosens a plan. A new code does not compile until it is here. */
const NEXT: { [C in ProblemCode]: (asked: Asked, details: Refusal['details']) => readonly Call[] } = {
  malformed: none,
  unauthenticated: none,
  forbidden: none,
  not_found: found,
  method_not_allowed: none,
  blocked: (asked) => [...whyBlocked(asked), ...untilReady(asked)],
  claimed: untilReady,
  claim_lost: checkpoint,
  needs_attention: checkpoint,
  consensus_required: (asked, { proposal: vote }) => [...proposal(addressOf(vote)), ...untilReady(asked)],
  checkpoint_completed: checkpoint,
  not_completed: checkpoint,
  not_failed: checkpoint,
  has_dependents: milestone,
  dependents_completed: milestone,
  cycle: milestone,
  version_mismatch: (asked) => [...milestone(asked), ...proposal(asked)],
  slug_taken: none,
  project_not_active: projects,
  project_active: project,
  default_project: project,
  milestone_closed: milestone,
  milestone_active: milestone,
  incomplete: milestone,
  proposal_finalized: proposal,
  already_voted: proposal,
  undecided: proposal,
  not_rejected: proposal,
  already_member: none,
  group_owner: none,
  email_taken: none,
  log_replaced: (asked) => (has(asked, 'milestone_id') ? milestone(asked) : [['list_events', { after: 0 }]]),
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

/** What this reader calls a field, and what the first wrong field has to be. */
export type Fields = { nameOf?: (field: string) => string; form?: string | null }

/**
 * A refusal for a reader who pays per token: the code and the sentence, what is in the way, and then the safe next calls, one a line. Texts in it are cut
 * so far that the whole has at most 160 tokens.
 */
export const refusalText = (
  { error, message, details }: Pick<Refusal, 'error' | 'message' | 'details'>,
  asked: Asked,
  say: Say,
  { nameOf = (field) => field, form = null }: Fields = {},
): string => {
  const blockers = Blocker.array().safeParse(details.blockers).data ?? []
  const vote = ProposalSummary.safeParse(details.proposal).data
  const fields = fieldsIn(details)
  const takes = takenBy(details.takes, nameOf)
  const calls = NEXT[error](asked, details).map(([operation, input]) => next(say, operation, input))
  return fitting(MOST_TOKENS, (most) =>
    lines(
      `${error}: ${fields.length > 0 ? fieldLine(fields[0], most, nameOf) : shortenedSentence(withCount(message, blockers), most)}`,
      listed(fields.slice(1, MOST_FIELDS), Math.max(fields.length - 1, 0), (field) => `also ${fieldLine(field, most, nameOf)}`),
      form !== null && cut(form, OWN_OF_A_FORM + most),
      takes,
      listed(blockers.slice(0, MOST_BLOCKERS), blockers.length, (blocker) => blockerLine(blocker, most)),
      vote?.voting_type === 'yes_no' && standingOf(vote),
      calls,
    ),
  )
}

const blockerLine = (face: Blocker, most: number): string =>
  face.private || most >= ROOM_FOR_MORE ? faceLine(face, most) : words(face.ref, wordOf(face.state), titled(face.title, most))

const fieldsIn = ({ fields }: Record<string, unknown>): FieldProblem[] => (Array.isArray(fields) ? fields.filter(isFieldProblem) : [])

const isFieldProblem = (field: unknown): field is FieldProblem =>
  typeof field === 'object' &&
  field !== null &&
  'path' in field &&
  typeof field.path === 'string' &&
  'message' in field &&
  typeof field.message === 'string'

/** The names of the fields of a call, which are told if a field is not known. */
const takenBy = (names: unknown, nameOf: (field: string) => string): string | null => {
  if (!Array.isArray(names)) return null
  return `it takes ${names.map((name) => nameOf(String(name))).join(', ') || 'no fields'}`
}

const fieldLine = (field: FieldProblem | undefined, most: number, nameOf: (field: string) => string): string => {
  const { path = '', message = '' } = field ?? {}
  return `${path === '' ? 'The input' : cut(plain(nameOf(path)), Math.max(most, 8))} ${shortenedSentence(message, most)}`
}
