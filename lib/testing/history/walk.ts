import type { Event } from '@/lib/domain/events'
import { evolve } from '@/lib/domain/evolve'
import { WorldState } from '@/lib/domain/world'
import { brokenByCall } from '../call-checker'
import { brokenAtCommit, brokenByEvent } from '../checker'
import { copy } from '../copy'
import { type Answered, sentence, UNKNOWN } from './record'
import { byOf, type State, stateOf } from './state'
import { judge, told, type Verdict } from './verdict'

export type Logged = Event & { batch: string }

/** After so many violations, the rest of a log says nothing new. */
const ENOUGH = 30

/**
 * Walks through a log from its beginning and holds every answer against it. The answers must be those of calls that were made one after another, in the
 * order of the log: each event belongs to exactly one of them, and each is what the rules demand in the state in which it was judged. Events up to `from`
 * were made in preparation. Returns the violations.
 */
export const walk = (log: readonly Logged[], answers: readonly Answered[], from: number): string[] => new Walk(log, answers, from).run()

const memoryOf = ({ by, idempotency_key }: Answered) => `${by.actor_id} ${idempotency_key}`
const textOf = ({ call }: Answered) => JSON.stringify([call.name, Object.entries(call.input).sort()])
const isSuccess = ({ code }: Answered) => code === null
const isBy = ({ by }: Answered, event: Event) =>
  by.actor_id === event.actor_id && by.key_id === event.key_id && by.session_id === event.session_id && by.via === event.via
const sorted = (lines: readonly string[]) => [...lines].sort().join('; ')
const named = (verdict: Verdict) => (typeof verdict === 'string' ? verdict : `[${sorted(verdict)}]`)

/** Those whose events are their own. If the connection of a call broke, its repetition under the same key may have been answered in its place. */
const firstOnes = (answers: readonly Answered[]): Set<Answered> => {
  const firsts = new Set(answers.filter(({ replayed }) => !replayed))
  const done = new Set([...firsts].filter(isSuccess).map(memoryOf))
  for (const answer of answers) {
    if (!answer.replayed || answer.tries === 1 || done.has(memoryOf(answer))) continue
    done.add(memoryOf(answer))
    firsts.add(answer)
  }
  return firsts
}

/** The answers, with the events in the place of an answer that never came. Nobody made another call in its session after it. */
const found = (log: readonly Logged[], answers: readonly Answered[]): Answered[] =>
  answers.flatMap((answer) => {
    if (answer.code !== UNKNOWN) return [answer]
    const others = answers.filter(({ by, seq }) => seq !== null && by.session_id === answer.by.session_id)
    const last = Math.max(0, ...others.map(({ seq }) => seq ?? 0))
    const events = log.filter((event) => event.seq > last && isBy(answer, event))
    const changed = events.some(({ type }) => type !== 'claim.expired')
    return events.length === 0 ? [] : [{ ...answer, code: null, seq: events.at(-1)?.seq ?? null, changed }]
  })

class Walk {
  private readonly violations: string[] = []
  private readonly world = new WorldState(true)
  /** The first success under each idempotency key. */
  private readonly memory = new Map<string, Answered>()
  private readonly bySeq = new Map<number, Answered[]>()
  private readonly replays: readonly Answered[]
  private state: State
  private isBroken = false

  constructor(
    private readonly log: readonly Logged[],
    told: readonly Answered[],
    private readonly from: number,
  ) {
    const answers = found(log, told)
    const firsts = firstOnes(answers)
    this.replays = answers.filter((answer) => !firsts.has(answer))
    for (const answer of firsts) {
      if (answer.seq === null) this.say(answer, 'says no seq')
      else this.bySeq.set(answer.seq, [...(this.bySeq.get(answer.seq) ?? []), answer])
    }
    for (const event of log.slice(0, from)) evolve(this.world, event)
    this.state = stateOf(this.world)
  }

  run(): string[] {
    for (const [at, { seq }] of this.log.entries()) if (seq !== at + 1) this.violations.push(`E1: the log has ${seq} at ${at + 1}`)
    this.judgeAt(this.from, this.bySeq.get(this.from) ?? [])
    let last = this.from
    for (const seq of [...this.bySeq.keys()].filter((seq) => seq > this.from).sort((a, b) => a - b)) {
      last = this.apply(last, seq)
      if (this.violations.length > ENOUGH || this.isBroken) return this.violations
    }
    for (const event of this.log.slice(last)) this.violations.push(`E2: event ${event.seq} ${told(event)} belongs to no call`)
    for (const answer of this.replays) this.judgeReplay(answer)
    return this.violations
  }

  private say(answer: Answered, what: string): void {
    this.violations.push(`${what}: ${sentence(answer)}`)
  }

  /** Applies the events after `last` up to `seq`, which one call wrote, and judges the calls that were answered with `seq`. */
  private apply(last: number, seq: number): number {
    const here = this.bySeq.get(seq) ?? []
    const events = this.log.slice(last, seq)
    const [first] = events
    if (events.length !== seq - last || !first) {
      for (const answer of here) this.say(answer, `H3: the log has no event ${seq}`)
      return last
    }
    const writer = findWriter(here, first, this.state)
    if (!writer) {
      this.violations.push(`E2: the events ${last + 1} to ${seq} (${sorted(events.map(told))}) belong to no call`)
      for (const answer of here) this.say(answer, `H2: was judged at ${seq}`)
    }
    const before = this.state
    for (const event of events) {
      if (!this.evolve(event)) return last
      this.violations.push(...brokenByEvent(copy(this.world)).map((broken) => `${broken} after event ${event.seq}`))
      if (writer && !isBy(writer, event))
        this.say(writer, `E2: event ${event.seq} names another actor, ${event.actor_id} in ${event.session_id}`)
      if (event.at !== first.at || event.batch !== first.batch)
        this.violations.push(`H2: the events ${first.seq} and ${event.seq} of one call are of two commits`)
    }
    this.state = stateOf(this.world)
    this.violations.push(...brokenAtCommit(this.world, this.state).map((broken) => `${broken} at ${seq}`))
    if (writer) this.judgeWriter(writer, before, events)
    this.judgeAt(
      seq,
      here.filter((answer) => answer !== writer),
    )
    return seq
  }

  /** Applies an event. If it cannot be applied, the log contradicts itself, and the walk ends. */
  private evolve(event: Logged): boolean {
    try {
      evolve(this.world, event)
    } catch (error) {
      this.violations.push(`E2: event ${event.seq} ${told(event)} cannot be applied: ${error}`)
      this.isBroken = true
    }
    return !this.isBroken
  }

  private judgeWriter(answer: Answered, before: State, events: readonly Logged[]): void {
    const known = this.memory.get(memoryOf(answer))
    if (known && answer.idempotency_key !== null) this.say(answer, `H4: has an effect a second time, after ${known.seq}`)
    const now = events[0]?.at ?? ''
    const verdict = judge({ state: before, by: answer.by, now, mismatch: false }, answer.call)
    const wrote = sorted(events.map(told))
    if (typeof verdict === 'string' || sorted(verdict) !== wrote) this.say(answer, `should have been ${named(verdict)} and was [${wrote}]`)
    else if (answer.changed !== verdict.some((line) => !line.startsWith('claim.expired ')))
      this.say(answer, 'says wrongly whether it did anything')
    const { input } = answer.call
    const by = byOf(before, answer.by, 'claim_id' in input ? input.claim_id : undefined)
    for (const broken of brokenByCall({ before, after: this.state, events, by, now })) this.say(answer, broken)
    this.remember(answer)
  }

  /** Judges calls that wrote nothing. If a lease ends between the neighbouring events, the answer before its end and the one after it are both right. */
  private judgeAt(seq: number, answers: readonly Answered[]): void {
    const times = [this.log[seq - 1]?.at ?? '', this.log[seq]?.at ?? '9999']
    for (const answer of answers) {
      const known = answer.idempotency_key === null ? undefined : this.memory.get(memoryOf(answer))
      if (known && textOf(known) === textOf(answer)) {
        // A repetition is authorised again, and its subject may be gone.
        if (answer.code !== 'not_found') this.say(answer, `H4: was done at ${known.seq} and is not replayed`)
        continue
      }
      const isTwin = (other: Answered) => isSuccess(other) && memoryOf(other) === memoryOf(answer) && textOf(other) !== textOf(answer)
      const mismatches = known ? [true] : answer.idempotency_key !== null && answers.some(isTwin) ? [false, true] : [false]
      const verdicts = times.flatMap((now) =>
        mismatches.map((mismatch) => judge({ state: this.state, by: answer.by, now, mismatch }, answer.call)),
      )
      const is = answer.code ?? '[]'
      if (!verdicts.some((verdict) => named(verdict) === is))
        this.say(answer, `should have been ${[...new Set(verdicts.map(named))].join(' or ')} and was ${is}`)
      if (answer.changed) this.say(answer, 'says wrongly that it did something')
    }
    for (const answer of answers) if (isSuccess(answer)) this.remember(answer)
  }

  private remember(answer: Answered): void {
    if (answer.idempotency_key !== null && !this.memory.has(memoryOf(answer))) this.memory.set(memoryOf(answer), answer)
  }

  private judgeReplay(answer: Answered): void {
    const known = this.memory.get(memoryOf(answer))
    if (!known) this.say(answer, 'H4: is replayed, and nothing was done')
    else if (textOf(known) !== textOf(answer)) this.say(answer, 'H4: is the answer to another call')
    else if (known.seq !== answer.seq || known.changed !== answer.changed)
      this.say(answer, `H4: differs from the first answer, at ${known.seq}`)
  }
}

/** The call that wrote these events: one that did something, or one that only met the end of a lease. */
const findWriter = (answers: readonly Answered[], first: Event, state: State): Answered | undefined => {
  const successes = answers.filter(isSuccess)
  return successes.find(({ changed }) => changed) ?? successes.find((answer) => isBy(answer, first) && isAbout(answer, first, state))
}

const isAbout = ({ call: { input } }: Answered, { checkpoint_id }: Event, { checkpoints }: State): boolean => {
  const row = checkpoints.get(checkpoint_id ?? '')
  return (
    row !== undefined && 'order' in input && row.milestone_id === input.milestone_id && [row.order, row.checkpoint_id].includes(input.order)
  )
}
