import type { Instance } from '@/db/instance'
import { claim, expiryOf } from '@/lib/domain/claim'
import { type Actor, authorshipOf, identify } from '@/lib/domain/context'
import { repeatableIds } from '@/lib/domain/ids'
import { getCheckpoint } from '@/lib/domain/resolve'

/** Claims a checkpoint by the rules, but for a shorter time than a call may ask for, so that a test need not wait half a minute. Returns the claim's id. */
export const claimBriefly = async (
  { lane }: Instance,
  address: { milestone_id: string; order: string | number },
  actor: Actor,
  milliseconds: number,
): Promise<string> => {
  const ids = repeatableIds()
  let claim_id = ''
  await lane.submit({
    decide: (world, now) => {
      const context = { caller: identify(world, actor, now), now, origin: '', ids: ids.start() }
      const { milestone, checkpoint } = getCheckpoint(world, context, address)
      const made = claim(world, context, milestone, checkpoint, milliseconds / 1_000)
      claim_id = made.claim_id
      const authorship = authorshipOf(context.caller)
      return {
        events: [...expiryOf(milestone, checkpoint, now), ...made.events],
        changed: true,
        authorship,
        ids: {},
        needs: [],
        replayed: null,
      }
    },
    answer: () => 'null',
    remember: null,
    bytes: 0,
    left: () => false,
  })
  return claim_id
}
