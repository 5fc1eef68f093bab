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

/** E4: what readers saw that is not exactly the part of the log, between two commits, that they may read. */
export const misread = (log: readonly Logged[], pages: readonly Page[], state: State): string[] =>
  pages.flatMap((page) => {
    const { by, after, limit, seq, next_after, events } = page
    const where = `to ${by.actor_id} after ${after} at ${seq}`
    const mayRead = ({ group_id }: Logged) => group_id !== null && exists(state, by, group_id)
    const wanted = log.slice(after, seq).filter(mayRead).slice(0, limit)
    const violations: string[] = []
    if (log[seq] && log[seq]?.batch === log[seq - 1]?.batch) violations.push(`E4: half a commit was shown ${where}`)
    if (wanted.length !== events.length) violations.push(`E4: ${events.length} events instead of ${wanted.length} were shown ${where}`)
    for (const [at, event] of events.entries()) {
      const is = [event.seq, event.type, event.at, event.actor_id, event.checkpoint_id].join()
      const was = wanted[at]
      if (was && is !== [was.seq, was.type, was.at, was.actor_id, was.checkpoint_id].join())
        violations.push(`E4: ${is} instead of ${was.seq} ${was.type} was shown ${where}`)
      if ('claim_id' in event.data) violations.push(`L1: the id of a claim was shown ${where}`)
    }
    const end = events.length === limit ? events.at(-1)?.seq : seq
    if (next_after !== end) violations.push(`E4: next_after is ${next_after} instead of ${end} ${where}`)
    return violations
  })
