import { describe, expect, it } from 'vitest'
import { isReady, until } from '@/lib/testing/app'
import { databaseOf, useApps } from '@/lib/testing/apps'
import { missing, tableOf } from '@/lib/testing/history/coverage'
import { prove } from '@/lib/testing/history/work'
import { openTestInstance } from '@/lib/testing/instance'
import { expectSound } from '@/lib/testing/soundness'

/** `CAIRN_HISTORY_MUTATIONS=1000000` works longer; `CAIRN_HISTORY_SEED` repeats what was printed, as far as the order of the answers allows. */
const MUTATIONS = Number(process.env.CAIRN_HISTORY_MUTATIONS ?? 3_200)
const SEED = Number(process.env.CAIRN_HISTORY_SEED ?? Math.floor(Math.random() * 2 ** 31))
const WRITERS = 40
const READERS = 5
const again = `CAIRN_HISTORY_SEED=${SEED} CAIRN_HISTORY_MUTATIONS=${MUTATIONS} npx vitest run --project server lib/transport/history.app.test.ts`

describe('the calls of fifty agents at once', { timeout: 120_000 + MUTATIONS * 40 }, () => {
  const apps = useApps()

  it('[D1] [L1] [N1] [E2] [E4] [H1] [H2] [H4] are answered as one order of them demands', async () => {
    const app = await apps.start('history')
    await until(app, () => isReady(app))
    const { ownerUrl, appUrl } = await databaseOf(app)
    const test = await openTestInstance({ url: appUrl, ownerUrl, drop: async () => {} })
    try {
      const proof = await prove({
        seed: SEED,
        writers: WRITERS,
        readers: READERS,
        mutations: MUTATIONS,
        targets: [() => app.origin],
        isSafe: false,
        test,
      })
      if (process.env.CAIRN_TEST_TIMES) console.log(`${tableOf(proof.outcomes)}\n${JSON.stringify({ ...proof, outcomes: undefined })}`)
      expect(proof.violations, again).toEqual([])
      expect(missing(proof.outcomes, 3), again).toEqual([])
      await expectSound(test.instance)
    } finally {
      await test.instance.close()
    }
  })
})
