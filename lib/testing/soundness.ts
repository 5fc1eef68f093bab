import { expect } from 'vitest'
import type { Instance } from '@/db/instance'
import { loadLog, loadWhole } from '@/db/whole'
import { auditLog, auditState } from '@/lib/domain/audit'
import { canonicalState, replay } from '@/lib/domain/replay'

/** Expects that [D1] [D2] [D3] [D4] [M1] [M2] [L1] [N1] [C1] hold in the rows, that the log has no gaps [E1], and that it replays to the rows [E2]. */
export const expectSound = async ({ pool, workspace_id }: Instance): Promise<void> => {
  const client = await pool.connect()
  try {
    const events = await loadLog(client, workspace_id)
    const world = await loadWhole(client, workspace_id)
    expect([...auditState(world), ...auditLog(world, events)].filter(({ violations }) => violations.length > 0)).toEqual([])
    expect(canonicalState(replay(events))).toBe(canonicalState(world))
  } finally {
    client.release()
  }
}
