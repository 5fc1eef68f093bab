import { loadLog } from '@/db/whole'
import { replay } from '@/lib/domain/replay'
import type { TestInstance } from '../instance'
import { NAMES } from './calls'
import { Tally } from './coverage'
import { Board } from './mind'
import { misread, outOfOrder } from './order'
import { Random } from './random'
import { follow } from './reader'
import type { Answered, Name, Page } from './record'
import type { Target } from './send'
import { prepare } from './stage'
import { stateOf } from './state'
import { type Logged, walk } from './walk'
import { Writer } from './writer'

export type Plan = {
  seed: number
  writers: number
  readers: number
  /** The work is over after so many acknowledged changes. */
  mutations: number
  /** How often each documented outcome is to occur. The work goes on for that, up to twice as long. */
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

const secondsSince = (began: number) => Math.round((performance.now() - began) / 100) / 10

/** Lets agents work at once until they have made enough changes, and then holds all that they were answered against the log. */
export const prove = async ({ seed, writers, readers, mutations, least, targets, test, disturb }: Plan): Promise<Proof> => {
  const random = new Random(seed)
  const stage = await prepare(test, random, writers, readers)
  const from = (await readLog(test)).length
  const board = new Board(stage.milestones)
  const answers: Answered[] = []
  const pages: Page[] = []
  let [made, disturbed, written, failed] = [0, disturb === undefined, false, false]
  const tally = new Tally()
  const note = (answer: Answered) => {
    answers.push(answer)
    tally.note(answer)
    if (answer.changed && !answer.replayed) made += 1
  }
  const isShown = () => made >= 2 * mutations || tally.missing(least).length === 0
  const isOver = () => failed || (made >= mutations && disturbed && isShown())
  const names = NAMES.filter((name) => !disturb || !REMOVALS.includes(name))
  const sought = (): readonly Name[] => {
    const missing = tally.missing(least).map(({ name }) => name)
    return missing.length > 0 ? missing : names
  }
  const work = { targets, names, sought, isSafe: disturb !== undefined, beside: disturb ? null : test, isOver, note }
  const began = performance.now()
  // If one of them fails, the others end too, and the first error is thrown.
  const watched = (part: Promise<void>) =>
    part.catch((error: unknown) => {
      failed = true
      throw error
    })
  const disturbing = disturb?.(() => failed || made >= mutations).then(() => {
    disturbed = true
  })
  const writing = stage.writers.map((seat, at) => watched(new Writer(work, seat, `${at}`, random.fork(), board).run()))
  const reading = stage.readers.map((seat) =>
    watched(
      follow(
        targets,
        seat,
        random.fork(),
        from,
        () => written || failed,
        (page) => pages.push(page),
      ),
    ),
  )
  const all = [...writing, ...reading, watched(disturbing ?? Promise.resolve())]
  const ended = Promise.allSettled(all)
  await Promise.allSettled([...writing, disturbing])
  written = true
  const seconds = secondsSince(began)
  await ended
  await Promise.all(all)
  const examined = performance.now()
  const log = await readLog(test)
  const violations = [
    ...answers.filter(({ status }) => status >= 500).map(({ status, message, call }) => `${call.name} was answered ${status}: ${message}`),
    ...walk(log, answers, from),
    ...outOfOrder(answers, pages),
    ...misread(log, pages, stateOf(replay(log.slice(0, from)))),
  ]
  const repeated = answers.filter(({ tries }) => tries > 1)
  return {
    ...{ violations, tally, mutations: made, answers: answers.length, pages: pages.length },
    repeated: repeated.length,
    recovered: repeated.filter(({ replayed }) => replayed).length,
    seconds: { work: seconds, examination: secondsSince(examined) },
  }
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
