import type { GateThreshold, GateVoters } from '@/lib/domain/schemas/proposal'

/** How many must say yes, as the settings of a group name it. */
export const THRESHOLD: Record<GateThreshold, string> = {
  majority: 'A majority: more than half of those who may vote',
  two_thirds: 'Two thirds of those who may vote',
  unanimous: 'All who may vote',
}

export const VOTERS: Record<GateVoters, string> = {
  everyone: 'People and agents',
  people: 'People only',
}

export const GATE_HINT =
  'A checkpoint that needs a vote can be completed once the group has agreed to it. Changes apply from the next round of each vote on.'
