import { loadLog } from '@/db/whole'
import { replay } from '@/lib/domain/replay'
import type { TestInstance } from '../instance'
import { NAMES } from './calls'
import { Tally } from './coverage'
import { listen } from './listener'
import { Board } from './mind'
import { mayRead, misread, outOfOrder } from './order'
import { Random } from './random'
import { follow } from './reader'
import { type Answered, type Name, type Page, UNKNOWN } from './record'
import type { Target } from './send'
import { prepare, type Stage } from './stage'
import { stateOf } from './state'
import { type Logged, walk } from './walk'
import { Writer } from './writer'

export type Plan = {
  seed: number
  writers: number
  /** So many read the log page by page, and as many listen to its stream. */
  readers: number
  /** The work is over after so many acknowledged changes. */
  mutations: number
  /** How often each documented outcome is to occur. The work goes on for that, up to `LONGEST` times as many changes. */
  least: number
  targets: readonly Target[]
  /** An instance on the same database, in this process. */
  test: TestInstance
  /**
   * What is done to the apps meanwhile, until it says that it is enough. Every call then has an idempotency key, by which its outcome is found out. Nothing
   * is deleted, because a repeated call about what is gone is not told what came of the first one.
   */
  disturb?: (isOver: () => boolean) => Promise<void>
}

export type Proof = {
  violations: string[]
  tally: Tally
  mutations: number
  answers: number
  /** The answers that came only after a repetition. */
  repeated: number
  /** Those of them that told what an earlier try had done. */
  recovered: number
  pages: number
  /** The time of the work, and of its examination. */
  seconds: { work: number; examination: number }
}

const REMOVALS: readonly Name[] = ['delete_checkpoint', 'withdraw_checkpoint']

/** Usually, every outcome has occurred before the work would be over anyway. One that has not occurred after so much more will not occur. */
const LONGEST = 5

const secondsBetween = (from: number, to: number) => Math.round((to - from) / 100) / 10

/** Lets agents work at once until they have made enough changes, and then holds all that they were answered against the log. */
export const prove = async (plan: Plan): Promise<Proof> => {
  const random = new Random(plan.seed)
  const stage = await prepare(plan.test, random, plan.writers, plan.readers)
  const past = await readLog(plan.test)
  const began = performance.now()
  const { answers, pages, tally, mutations } = await work(plan, random, stage, past)
  const ended = performance.now()
  const log = await readLog(plan.test)
  const violations = [
    ...answers
      .filter(({ status, code }) => status >= 500 && code !== UNKNOWN)
      .map(({ status, message, call }) => `${call.name} was answered ${status}: ${message}`),
    ...walk(log, answers, past.length),
    ...outOfOrder(answers, pages),
    ...misread(log, pages, stateOf(replay(past))),
  ]
  const repeated = answers.filter(({ tries }) => tries > 1)
  return {
    ...{ violations, tally, mutations, answers: answers.length, pages: pages.length },
    repeated: repeated.length,
    recovered: repeated.filter(({ replayed }) => replayed).length,
    seconds: { work: secondsBetween(began, ended), examination: secondsBetween(ended, performance.now()) },
  }
}

const work = async (
  { mutations, least, targets, test, disturb }: Plan,
  random: Random,
  { milestones, ...seats }: Stage,
  past: readonly Logged[],
) => {
  const from = past.length
  // Nobody's rights change during the work.
  const rights = stateOf(replay(past))
  const board = new Board(milestones)
  const answers: Answered[] = []
  const pages: Page[] = []
  const tally = new Tally()
  let made = 0
  let isDisturbed = disturb === undefined
  let isWritten = false
  const failures: unknown[] = []
  const isOver = () =>
    failures.length > 0 || (made >= mutations && isDisturbed && (made >= LONGEST * mutations || tally.missing(least).length === 0))
  const note = (answer: Answered) => {
    answers.push(answer)
    tally.note(answer)
    if (answer.changed && !answer.replayed) made += 1
  }
  const names = NAMES.filter((name) => !disturb || !REMOVALS.includes(name))
  // If one part of the work fails, the others end too.
  const part = (run: Promise<unknown>) =>
    run.catch((error: unknown) => {
      failures.push(error)
    })
  const duty = {
    targets,
    names,
    sought: () => tally.missing(least),
    isSafe: disturb !== undefined,
    beside: disturb ? null : test,
    isOver,
    note,
  }
  const writing = seats.writers.map((seat, at) => part(new Writer(duty, seat, `${at}`, random.fork(), board).run()))
  const isReadingOver = () => isWritten || failures.length > 0
  const reading = seats.readers.map((seat) =>
    part(
      follow(targets, seat, random.fork(), from, isReadingOver, (page) => {
        pages.push(page)
      }),
    ),
  )
  let log: readonly Logged[] | null = null
  const listening = seats.readers.map((seat) => {
    const end = () => (failures.length > 0 ? 0 : (log?.findLast((event) => mayRead(rights, seat.actor, event))?.seq ?? null))
    return part(listen(targets, seat, random.fork(), from, end).then((page) => pages.push(page)))
  })
  await part(Promise.resolve(disturb?.(() => failures.length > 0 || made >= mutations)))
  isDisturbed = true
  await Promise.all(writing)
  isWritten = true
  log = await readLog(test)
  await Promise.all([...reading, ...listening])
  if (failures.length > 0) throw failures[0]
  return { answers, pages, tally, mutations: made }
}

const readLog = async ({ instance: { pool, workspace_id } }: TestInstance): Promise<Logged[]> => {
  const client = await pool.connect()
  try {
    // The rows have the column `batch`, which an event of the domain does not.
    return (await loadLog(client, workspace_id)) as Logged[]
  } finally {
    client.release()
  }
}
