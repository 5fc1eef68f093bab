import { loadLog } from '@/db/whole'
import { replay } from '@/lib/domain/replay'
import type { TestInstance } from '../instance'
import { type Outcomes, outcomesOf } from './coverage'
import { Board } from './mind'
import { misread, outOfOrder } from './order'
import { Random } from './random'
import { follow } from './reader'
import type { Answered, Page } from './record'
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
  targets: readonly Target[]
  /** Whether apps are ended meanwhile, so that every call has an idempotency key. */
  isSafe: boolean
  /** An instance on the same database, in this process. */
  test: TestInstance
}

export type Proof = {
  violations: string[]
  outcomes: Outcomes
  mutations: number
  answers: number
  seconds: number
  retried: number
  pages: number
}

/** Lets agents work at once until they have made enough changes, and then holds all that they were answered against the log. */
export const prove = async ({ seed, writers, readers, mutations, targets, isSafe, test }: Plan): Promise<Proof> => {
  const random = new Random(seed)
  const stage = await prepare(test, random, writers, readers)
  const from = await lastSeq(test)
  const answers: Answered[] = []
  const pages: Page[] = []
  let made = 0
  let failed: unknown = null
  const note = (answer: Answered) => {
    answers.push(answer)
    if (answer.changed && !answer.replayed) made += 1
  }
  const isOver = () => made >= mutations || failed !== null
  const began = performance.now()
  const work = { targets, isSafe, beside: process.env.NOBESIDE ? null : test, isOver, note }
  const board = new Board(stage.milestones)
  const everyone = stage.writers.map((seat, at) => new Writer(work, seat, `${at}`, random.fork(), board).run())
  let written = false
  const reading = stage.readers.map((seat) =>
    follow(
      targets,
      seat,
      random.fork(),
      from,
      () => written || failed !== null,
      (page) => pages.push(page),
    ),
  )
  const fail = (error: unknown) => {
    failed ??= error
  }
  await Promise.all(everyone.map((one) => one.catch(fail)))
  written = true
  const seconds = (performance.now() - began) / 1_000
  await Promise.all(reading.map((one) => one.catch(fail)))
  if (failed !== null) throw failed
  const log = await readLog(test)
  const violations = [
    ...answers.filter(({ status }) => status >= 500).map(({ status, message, call }) => `${call.name} was answered ${status}: ${message}`),
    ...walk(log, answers, from),
    ...outOfOrder(answers, pages),
    ...misread(log, pages, stateOf(replay(log.slice(0, from)))),
  ]
  const retried = answers.filter(({ tries }) => tries > 1).length
  return { violations, outcomes: outcomesOf(answers), mutations: made, answers: answers.length, seconds, retried, pages: pages.length }
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

const lastSeq = async (test: TestInstance): Promise<number> => (await readLog(test)).length
