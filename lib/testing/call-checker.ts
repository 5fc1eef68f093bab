import type { Actor } from '@/lib/domain/context'
import type { Event } from '@/lib/domain/events'
import { brokenAttempts } from './attempts'
import { type Copy, done, same, stepsOf } from './copy'
import { brokenByPeople } from './people-checker'

// The rules about changes, implemented a second time, as in checker.ts.

/** Who made a call, with the `claim_id` that was given with it. `admin` says whether the caller is an admin of a group. */
export type By = Pick<Actor, 'actor_id' | 'session_id' | 'via'> & {
  claim_id: string | undefined
  /** The person who answers for the caller, if that is an agent. */
  behind: string | null
  relaxes: boolean
  person: boolean
  /** P2: whether the caller administers, by a browser or by a key to which that was given. */
  administers: boolean
  admin: (group_id: string) => boolean
}

export type Step = { before: Copy; after: Copy; events: readonly Event[]; by: By; now: string }

/** The violations by a call of the rules about changes: C1 to C3, D4, M2, P1, G1, L1, N1, N2, O1, O2, R1, A1, A2, and that the version moves exactly with what it stands for. */
export const brokenByCall = (step: Step): string[] => [
  ...touchedCompletions(step),
  ...movedEdges(step),
  ...missedClosings(step),
  ...loosened(step),
  ...rounds(step),
  ...versions(step),
  ...brokenAttempts(step),
  ...withdrawals(step),
  ...brokenByPeople(step),
]

const happened = (events: readonly Event[], type: Event['type'], id: string) =>
  events.some((event) => event.type === type && (event.checkpoint_id === id || (event.checkpoint_id === null && event.milestone_id === id)))

const COMPLETION = ['completed_at', 'completed_by', 'completed_seq', 'completed_session', 'completed_for'] as const
const FROZEN = ['title', 'description', 'requires_consensus', 'proposal_id', ...COMPLETION] as const

const touchedCompletions = ({ before, after, events, by: { actor_id, behind } }: Step): string[] => {
  const broken: string[] = []
  for (const [id, was] of before.checkpoints) {
    const is = after.checkpoints.get(id)
    if (!done(was) || happened(events, 'checkpoint.reopened', id)) continue
    if (!is) broken.push(`C1: ${id} was completed and is deleted`)
    if (is && !same(is.depends_on, was.depends_on)) broken.push(`C1: ${id} was completed and its dependencies changed`)
    for (const field of FROZEN) if (is && is[field] !== was[field]) broken.push(`C1, C2: ${id} was completed and its ${field} changed`)
  }
  for (const [id, is] of after.checkpoints) {
    if (!done(is) || done(before.checkpoints.get(id))) continue
    const fact = events.find((event) => event.type === 'checkpoint.completed' && event.checkpoint_id === id)
    if (is.completed_seq !== fact?.seq || is.completed_at !== fact?.at || is.completed_by !== actor_id || is.completed_for !== behind)
      broken.push(`C2: ${id} is completed by another fact`)
  }
  return broken
}

const movedEdges = ({ before, after, events }: Step): string[] => {
  const broken: string[] = []
  for (const [id, was] of before.checkpoints) {
    const is = after.checkpoints.get(id)
    const waiting = [...before.checkpoints.values()].filter(({ depends_on }) => depends_on.includes(id))
    const isLeft = waiting.some(({ checkpoint_id }) => after.checkpoints.has(checkpoint_id))
    if (!is && isLeft && !happened(events, 'checkpoint.withdrawn', id)) broken.push(`C3: ${id} is deleted under others`)
    const changes = is ? symmetricDifference(was.depends_on, is.depends_on) : 0
    const said = events.reduce((sum, event) => sum + (event.checkpoint_id === id ? edgesIn(event) : 0), 0)
    if (is && changes !== said) broken.push(`D4: ${id} changed ${changes} edges, and the events say ${said}`)
    if (is && is.milestone_id !== was.milestone_id) broken.push(`D4: ${id} moved to another milestone`)
  }
  return broken
}

/** The number of edges that an event adds or removes. */
const edgesIn = (event: Event): number => {
  if (event.type === 'checkpoint.relinked') return 1 + event.data.depends_on.length
  return event.type.startsWith('checkpoint.dependency') ? 1 : 0
}

const symmetricDifference = (a: readonly string[], b: readonly string[]) =>
  a.filter((id) => !b.includes(id)).length + b.filter((id) => !a.includes(id)).length

const missedClosings = ({ before, after, events }: Step): string[] => {
  const broken: string[] = []
  for (const [id, is] of after.milestones) {
    const here = events.filter((event) => event.milestone_id === id)
    const steps = stepsOf(after, id)
    const finished = here.some(({ type }) => /^checkpoint\.(completed|deleted|withdrawn)$/.test(type))
    if (finished && steps.length > 0 && steps.every(done) && is.status !== 'closed') broken.push(`M2: ${id} is done and stays active`)
    const was = before.milestones.get(id)?.status ?? 'active'
    const said = here.filter(({ type }) => type === 'milestone.closed' || type === 'milestone.reopened').length
    if ((was === is.status ? 0 : 1) !== said) broken.push(`M2: ${id} went from ${was} to ${is.status} by ${said} events`)
  }
  return broken
}

const loosened = ({ before, after, events, by: { actor_id, relaxes, admin } }: Step): string[] => {
  const broken: string[] = []
  if (!relaxes && events.some(({ type }) => type === 'checkpoint.withdrawn')) broken.push('P1: a withdrawal without the permission')
  for (const [id, was] of before.checkpoints) {
    const is = after.checkpoints.get(id)
    const lifts = is && was.requires_consensus && !is.requires_consensus
    if (lifts && !(relaxes && admin(before.milestones.get(was.milestone_id)?.group_id ?? '')))
      broken.push(`P1: the gate of ${id} was lifted by one who may not`)
    if (lifts && !events.some((event) => event.type === 'checkpoint.gate_lifted' && event.checkpoint_id === id && event.data.reason))
      broken.push(`P1: the gate of ${id} was lifted without a reason`)
    if (relaxes) continue
    if (!is && !done(was) && was.created_by !== actor_id) broken.push(`P1: ${id} of another was deleted without the permission`)
    const lost = is ? was.depends_on.filter((target) => !is.depends_on.includes(target)) : []
    if (lost.some((target) => !done(before.checkpoints.get(target)))) broken.push(`P1: ${id} lost an edge to pending work`)
  }
  return broken
}

const rounds = ({ before, after, events }: Step): string[] => {
  const broken: string[] = []
  for (const [id, was] of before.proposals) {
    const is = after.proposals.get(id)
    const then = before.checkpoints.get(was.checkpoint_id ?? '')
    const now = after.checkpoints.get(was.checkpoint_id ?? '')
    if (!is || !then || !now) continue
    const changed = then.title !== now.title || then.description !== now.description || !same(then.depends_on, now.depends_on)
    const again = changed || happened(events, 'checkpoint.reopened', now.checkpoint_id)
    if (again && (is.round !== was.round + 1 || is.status !== 'open')) broken.push(`G1: ${id} stays in round ${is.round} after a change`)
    const isAsked = events.some(({ type, data }) => type === 'proposal.round_started' && 'reason' in data && data.proposal_id === id)
    if (!again && !isAsked && is.round !== was.round) broken.push(`G1: ${id} began a new round for nothing`)
  }
  return broken
}

/** All that the version of a milestone stands for: its texts, project, gates and structure, and the numbers of its checkpoints' dependencies. */
const face = ({ milestones, checkpoints }: Copy, milestone_id: string): string => {
  const milestone = milestones.get(milestone_id)
  const steps = stepsOf({ checkpoints }, milestone_id)
  const numbers = (ids: readonly string[]) => ids.map((id) => `${id} ${checkpoints.get(id)?.order}`).sort()
  const told = steps.map((step) => [step.checkpoint_id, step.title, step.description, step.requires_consensus, numbers(step.depends_on)])
  return JSON.stringify([milestone?.title, milestone?.description, milestone?.project_id, told])
}

const versions = ({ before, after, events }: Step): string[] => {
  const broken: string[] = []
  for (const [id, was] of before.milestones) {
    const is = after.milestones.get(id)
    if (!is) continue
    const changed = face(before, id) !== face(after, id)
    if (changed && !events.some(({ seq }) => seq === is.version)) broken.push(`version: that of ${id} stays behind a change`)
    if (!changed && is.version !== was.version) broken.push(`version: that of ${id} moved without a change`)
  }
  return broken
}

/** N2: after a withdrawal, what remains is ordered as before, and only what waited for the withdrawn checkpoint waits for something else. */
const withdrawals = ({ before, after, events }: Step): string[] => {
  const withdrawn = events.flatMap(({ type, checkpoint_id }) => (type === 'checkpoint.withdrawn' && checkpoint_id ? [checkpoint_id] : []))
  return withdrawn.flatMap((gone) => {
    const broken: string[] = []
    const its = before.checkpoints.get(gone)
    if (!its || done(its) || after.checkpoints.has(gone)) broken.push(`N2: ${gone} was not pending, or is still there`)
    const [were, are] = [ancestors(before), ancestors(after)]
    for (const [id, was] of before.checkpoints) {
      if (id === gone) continue
      const waited = was.depends_on.includes(gone)
      const wanted = waited ? [...was.depends_on.filter((target) => target !== gone), ...(its?.depends_on ?? [])] : was.depends_on
      if (!same([...new Set(wanted)], after.checkpoints.get(id)?.depends_on ?? [])) broken.push(`N2: ${id} waits for something else`)
      const above = [...were(id)].filter((target) => target !== gone)
      if (!same(above, [...are(id)])) broken.push(`N2: ${id} is ordered otherwise`)
      if (waited !== happened(events, 'checkpoint.relinked', id)) broken.push(`N2: ${id} was relinked without its event, or in vain`)
    }
    if (before.checkpoints.size !== after.checkpoints.size + 1) broken.push('N2: a withdrawal removed or added more')
    return broken
  })
}

/** All that a checkpoint waits for, directly or through others. */
const ancestors = ({ checkpoints }: Copy): ((id: string) => ReadonlySet<string>) => {
  const known = new Map<string, Set<string>>()
  const of = (id: string): ReadonlySet<string> => {
    const found = known.get(id) ?? new Set()
    if (known.has(id)) return found
    known.set(id, found)
    for (const target of checkpoints.get(id)?.depends_on ?? []) for (const above of [target, ...of(target)]) found.add(above)
    return found
  }
  return of
}
