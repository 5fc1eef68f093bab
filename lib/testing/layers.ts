import { expect } from 'vitest'
import { openInstance } from '@/db/instance'
import { ensureOwner } from '@/lib/operations/setup'
import type { App } from './app'
import { databaseOf } from './apps'
import { makeSecret } from './client'
import { expectSound } from './soundness'

const MILESTONES = 6
const STEPS = 50

/** How many checkpoints the plan of layers has. */
export const TOTAL = MILESTONES * STEPS

type Planned = { title: string; checkpoints: { title: string; depends_on: (number | string)[] }[] }

/** A plan of layers: each step waits for one or two steps before it, and some wait for a step of the milestone before. */
const planOf = (milestone: number, previous: string | null): Planned => ({
  title: `Milestone ${milestone + 1}`,
  checkpoints: Array.from({ length: STEPS }, (_, at) => ({
    title: `Step ${milestone + 1}.${at + 1}`,
    depends_on: [
      ...(at >= 5 ? [at - 4] : []),
      ...(at >= 8 && at % 3 === 0 ? [at - 7] : []),
      ...(previous !== null && at % 10 === 9 ? [`${previous}:${at + 1}`] : []),
    ],
  })),
})

/** Plans all milestones, one after the other. @param create makes one, and returns its id */
export const planLayers = async (create: (planned: Planned) => Promise<string>): Promise<void> => {
  let previous: string | null = null
  for (let at = 0; at < MILESTONES; at++) previous = await create(planOf(at, previous))
}

/** The secret of a key of the owner of an app. */
export const ownerSecret = async (app: App): Promise<string> => {
  const instance = await openInstance((await databaseOf(app)).appUrl, app.origin)
  const { principal_id } = await ensureOwner(instance)
  const secret = await makeSecret(instance, { actor_id: principal_id, key_id: null, session_id: null, via: 'cli' })
  await instance.close()
  return secret
}

/** Expects of the log that each checkpoint was claimed once and completed once, and nothing else happened, and that all is sound. */
export const expectPlayed = async (app: App): Promise<void> => {
  const instance = await openInstance((await databaseOf(app)).appUrl, app.origin)
  const { rows } = await instance.pool.query(
    `select type, count(*) as count from events where type ~ '^(claim|checkpoint|milestone)' group by type`,
  )
  expect(Object.fromEntries(rows.map(({ type, count }) => [type, count]))).toEqual({
    'milestone.created': MILESTONES,
    'checkpoint.added': TOTAL,
    'claim.taken': TOTAL,
    'checkpoint.completed': TOTAL,
    'milestone.closed': MILESTONES,
  })
  await expectSound(instance)
  await instance.close()
}
