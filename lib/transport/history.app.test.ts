import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { administer } from '@/lib/testing/administer'
import { type App, isReady, until } from '@/lib/testing/app'
import { databaseOf, useApps } from '@/lib/testing/apps'
import { Random } from '@/lib/testing/history/random'
import { type Plan, type Proof, prove } from '@/lib/testing/history/work'
import { openTestInstance } from '@/lib/testing/instance'
import { expectSound } from '@/lib/testing/soundness'

/** `CAIRN_HISTORY_MUTATIONS=1000000` works longer; `CAIRN_HISTORY_SEED` repeats what was printed, as far as the order of the answers allows. */
const MUTATIONS = Number(process.env.CAIRN_HISTORY_MUTATIONS ?? 3_000)
const SEED = Number(process.env.CAIRN_HISTORY_SEED ?? Math.floor(Math.random() * 2 ** 31))
const WRITERS = 40
const READERS = 5
/** How often each documented outcome of each call must have occurred, or the history proves nothing of it. */
const LEAST = Math.max(1, Math.floor(MUTATIONS / 1_000))
const KILLS = Math.max(2, Math.floor(MUTATIONS / 1_500))
const again = `CAIRN_HISTORY_SEED=${SEED} CAIRN_HISTORY_MUTATIONS=${MUTATIONS} npx vitest run --project server lib/transport/history.app.test.ts`

/** Works through a plan with the apps of one database, whose rows must agree with the log in the end. */
const proveOn = async (app: App, plan: Pick<Plan, 'mutations' | 'least' | 'targets' | 'disturb'>): Promise<Proof> => {
  const { ownerUrl, appUrl } = await databaseOf(app)
  const test = await openTestInstance({ url: appUrl, ownerUrl, drop: async () => {} })
  try {
    const proof = await prove({ seed: SEED, writers: WRITERS, readers: READERS, test, ...plan })
    if (process.env.CAIRN_TEST_TIMES) console.log(`${proof.tally}\n${JSON.stringify({ ...proof, tally: undefined })}`)
    expect(proof.violations, again).toEqual([])
    await expectSound(test.instance)
    return proof
  } finally {
    await test.instance.close()
  }
}

// The time is for a machine that has much else to do. A call that hangs is given up long before.
describe('the calls of fifty agents at once', { timeout: 600_000 + MUTATIONS * 400 }, () => {
  const apps = useApps()

  it('[D1] [L1] [N1] [E2] [E4] [H1] [H2] [H4] are answered as one order of them demands', async () => {
    const app = await apps.start('history')
    await until(app, () => isReady(app))
    const { tally } = await proveOn(app, { mutations: MUTATIONS, least: LEAST, targets: [() => app.origin] })
    expect(tally.missing(LEAST), again).toEqual([])
  })

  it('[E1] [H3] [H4] are neither lost nor doubled by two apps, one of which is killed, and whose connections break', async () => {
    const first = await apps.start('steady')
    await until(first, () => isReady(first))
    const { ownerUrl } = await databaseOf(first)
    const startSecond = async () => {
      const app = await apps.start('second', { DATABASE_URL: ownerUrl })
      await until(app, () => isReady(app))
      return app
    }
    let second = await startSecond()
    const random = new Random(SEED)
    const breakConnections = () =>
      administer(
        ownerUrl,
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and random() < 0.3`,
      )
    let kills = 0
    const disturb = async (isOver: () => boolean) => {
      while (!isOver() || kills < KILLS) {
        await sleep(100 + random.below(400))
        await breakConnections()
        if (random.chance(0.6)) continue
        second.child.kill('SIGKILL')
        await second.ended
        kills += 1
        second = await startSecond()
      }
    }
    const { recovered } = await proveOn(first, {
      mutations: Math.floor(MUTATIONS / 5),
      least: 0,
      targets: [() => first.origin, () => second.origin],
      disturb,
    })
    expect(recovered, again).toBeGreaterThan(0)
  })
})
