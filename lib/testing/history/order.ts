import type { Actor } from '@/lib/domain/context'
import type { Answered, Page } from './record'
import { sentence } from './record'
import { exists, type State } from './state'
import type { Logged } from './walk'

/**
 * H1: the calls whose seq is lower than that of a call that was answered before they were sent. A replay is left out as the later one, because it says the
 * seq of the first call. A refusal without a judgement in the state has none.
 */
export const outOfOrder = (answers: readonly Answered[], pages: readonly Page[]): string[] => {
  const later = [
    ...answers.filter(({ replayed }) => !replayed).map((answer) => ({ ...answer, name: () => sentence(answer) })),
    ...pages.map((page) => ({ ...page, name: () => `the events after ${page.after} read by ${page.by.actor_id} at ${page.seq}` })),
  ].sort((a, b) => a.sent - b.sent)
  const earlier = [...answers, ...pages].sort((a, b) => a.answered - b.answered)
  const violations: string[] = []
  let known = 0
  let at = 0
  for (const { sent, seq, name } of later) {
    for (let next = earlier[at]; next && next.answered < sent; next = earlier[at]) {
      known = Math.max(known, next.seq ?? 0)
      at++
    }
    if (seq !== null && seq < known) violations.push(`H1: ${known} was answered before this was sent: ${name()}`)
  }
  return violations
}

/**
 * E4: what readers saw that is not exactly the part of the log, up to the end of a commit, that they may read. Of work that is hidden from them they may be
 * told, without an actor, that the state of a checkpoint changed.
 */
export const misread = (log: readonly Logged[], pages: readonly Page[], state: State): string[] =>
  pages.flatMap((page) => {
    const { by, after, limit, seq, next_after, events } = page
    const where = `to ${by.actor_id} after ${after} at ${seq}`
    const violations: string[] = []
    if (limit !== Number.POSITIVE_INFINITY && log[seq]?.batch === log[seq - 1]?.batch)
      violations.push(`E4: half a commit was shown ${where}`)
    const end = events.length === limit ? events.at(-1)?.seq : seq
    if (next_after !== end) violations.push(`E4: next_after is ${next_after} instead of ${end} ${where}`)
    const wanted = log.slice(after, next_after).filter((event) => mayRead(state, by, event))
    const shown = events.filter(({ type }) => type !== FACE_CHANGED)
    for (const event of events) {
      if (event.type === FACE_CHANGED) violations.push(...wrongFace(log, state, by, event).map((wrong) => `${wrong} ${where}`))
      if ('claim_id' in event.data) violations.push(`L1: the id of a claim was shown ${where}`)
    }
    for (let at = 0; at < Math.max(wanted.length, shown.length); at++) {
      if (lineOf(wanted[at]) === lineOf(shown[at])) continue
      violations.push(`E4: ${lineOf(shown[at])} instead of ${lineOf(wanted[at])} was shown ${where}`)
      break
    }
    return violations
  })

const FACE_CHANGED = 'checkpoint.face_changed'

export const mayRead = (state: State, by: Actor, { group_id }: Logged): boolean => group_id !== null && exists(state, by, group_id)

type Line = Pick<Page['events'][number], 'seq' | 'type' | 'at' | 'actor_id' | 'checkpoint_id'>
const lineOf = (event: Line | undefined) => event && [event.seq, event.type, event.at, event.actor_id, event.checkpoint_id].join()

const wrongFace = (log: readonly Logged[], state: State, by: Actor, event: Page['events'][number]): string[] => {
  const origin = log[event.seq - 1]
  const isHidden = origin && !mayRead(state, by, origin) && origin.checkpoint_id === event.checkpoint_id
  const isBare = !event.actor_id && Object.keys(event.data).join() === 'state'
  return isHidden && isBare ? [] : [`E4: ${JSON.stringify(event)} was told of ${origin?.type} of ${origin?.checkpoint_id}`]
}
