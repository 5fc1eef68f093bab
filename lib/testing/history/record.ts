import type { Actor } from '@/lib/domain/context'

type Milestone = { milestone_id: string }
type Versioned = { expected_version?: number }
type Step = Milestone & { order: number | string }
type Held = Step & { claim_id?: string }
type Links = { note?: string; git_pr_url?: string }

/** The inputs of the calls that are made, by the name of their operation. */
export type Inputs = {
  complete_checkpoint: Held & Versioned & Links
  claim_checkpoint: Held & { ttl_seconds: number }
  claim_next: { group_id: string; project_id?: string; milestone_id?: string; ttl_seconds: number }
  release_checkpoint: Held
  fail_checkpoint: Held & Versioned & { reason: string; git_pr_url?: string }
  retry_checkpoint: Step & Versioned
  reopen_checkpoint: Step & Versioned & { reason: string; cascade?: boolean }
  add_checkpoint: Milestone &
    Versioned & { title: string; depends_on?: (number | string)[]; position?: number; requires_consensus?: boolean }
  update_checkpoint: Step & Versioned & Links & { title?: string; depends_on?: (number | string)[] }
  delete_checkpoint: Step & Versioned
  withdraw_checkpoint: Step & Versioned & { reason: string }
  close_milestone: Milestone
  reopen_milestone: Milestone
  update_milestone: Milestone & Versioned & { title: string }
  complete_project: { project_id: string }
  reopen_project: { project_id: string }
}
export type Name = keyof Inputs
export type Call = { [N in Name]: { name: N; input: Inputs[N] } }[Name]

/** Stands for the code of an answer that never came, or that could not say what became of the call. */
export const UNKNOWN = 'unknown'

/** A call with all that is known of its answer. */
export type Answered = {
  call: Call
  by: Actor
  idempotency_key: string | null
  /** Milliseconds of one clock: before the call was first sent, and after its last answer came. */
  sent: number
  answered: number
  status: number
  /** The code of the refusal, or null for a success. */
  code: string | null
  message: string
  seq: number | null
  changed: boolean
  replayed: boolean
  /** How often the call was sent until its outcome was known. */
  tries: number
}

/** A page of events as a reader received it. */
export type Page = {
  by: Actor
  after: number
  limit: number
  sent: number
  answered: number
  seq: number
  next_after: number
  events: readonly {
    seq: number
    type: string
    at: string
    actor_id: string
    checkpoint_id: string | null
    data: Record<string, unknown>
  }[]
}

export type History = { answers: Answered[]; pages: Page[] }

export const sentence = ({ call, by, code, seq, changed, replayed, idempotency_key }: Answered): string => {
  const outcome = code ?? (replayed ? 'replayed' : changed ? 'changed' : 'unchanged')
  const key = idempotency_key ? ` under ${idempotency_key}` : ''
  return `${call.name} ${JSON.stringify(call.input)} by ${by.actor_id} in ${by.session_id}${key}: ${outcome} at ${seq}`
}
