import type { Checkpoint } from '../schemas/checkpoint'
import { rowOf } from './checkpoint'
import { lines, words } from './quote'

type Waited = {
  reached: boolean
  impossible: boolean
  reason: string | null
  waiting_for: string | null
  milestone_id: string
  status: string
  version: number
  checkpoint: Checkpoint | null
}

export const waitText = ({ reached, impossible, reason, waiting_for, milestone_id, status, version, checkpoint }: Waited): string => {
  const outcome = reached ? 'reached' : impossible ? 'impossible' : 'not yet'
  return lines(words(outcome, milestone_id, status, `v${version}`), checkpoint && rowOf(checkpoint), reason, waiting_for)
}
