import { expect } from 'vitest'
import type { Instance } from '@/db/instance'
import { loadLog, loadWhole } from '@/db/whole'
import { canonicalState, replay } from '@/lib/domain/replay'

/** [E1] the log is gapless, [E2] it replays to the rows, [D1] [D3] [M1] [M2] hold in them. */
export const expectSound = async ({ pool, workspace_id }: Instance): Promise<void> => {
  const client = await pool.connect()
  try {
    const events = await loadLog(client, workspace_id)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
    const world = await loadWhole(client, workspace_id)
    expect(canonicalState(replay(events))).toBe(canonicalState(world))
    for (const milestone of world.all('milestone')) {
      const checkpoints = world.checkpoints(milestone.milestone_id)
      expect(checkpoints.map(({ order }) => order)).toEqual(checkpoints.map((_, at) => at + 1))
      if (milestone.status === 'closed')
        expect(checkpoints.length > 0 && checkpoints.every((checkpoint) => checkpoint.completed_at)).toBe(true)
    }
    for (const checkpoint of world.all('checkpoint')) {
      for (const id of checkpoint.depends_on) {
        const target = world.find('checkpoint', id)
        expect(target).not.toBeNull()
        if (checkpoint.completed_at) expect(target?.completed_at).not.toBeNull()
        if (target?.milestone_id === checkpoint.milestone_id) expect(target.order).toBeLessThan(checkpoint.order)
      }
    }
  } finally {
    client.release()
  }
}
