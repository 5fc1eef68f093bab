export * from './agents'
export * from './blockers'
export * from './checkpoints'
export * from './claims'
export * from './completion'
export * from './events'
export * from './failure'
export * from './graph'
export * from './groups'
export * from './instructions'
export * from './invitations'
export * from './keys'
export * from './members'
export * from './milestones'
export * from './overview'
export * from './people'
export * from './permissions'
export * from './projects'
export * from './proposals'
export * from './ready'
export * from './waiting'
export * from './withdrawal'

import {
  createAgentProfile,
  deleteAgentProfile,
  listAgentProfiles,
  resumeAgentProfile,
  suspendAgentProfile,
  updateAgentProfile,
} from './agents'
import { whyBlocked } from './blockers'
import { addCheckpoint, deleteCheckpoint, updateCheckpoint } from './checkpoints'
import { claimCheckpoint, releaseCheckpoint } from './claims'
import { completeCheckpoint, reopenCheckpoint } from './completion'
import type { AnyOperation } from './define'
import { listEvents, streamEvents } from './events'
import { failCheckpoint, retryCheckpoint } from './failure'
import { getMilestoneGraph, getProjectGraph } from './graph'
import { createGroup, getGroupOperation, listGroups, transferGroup, updateGroup } from './groups'
import { getInstructions } from './instructions'
import { acceptInvitation, createInvitation, listInvitations, revokeInvitation } from './invitations'
import { createKey, createUserKey, listKeys, listUserKeys, revokeKey } from './keys'
import { leaveGroup, listMembers, removeMember, updateMember } from './members'
import {
  closeMilestone,
  createMilestone,
  deleteMilestone,
  getMilestoneOperation,
  listMilestones,
  listProjectMilestones,
  reopenMilestone,
  updateMilestone,
} from './milestones'
import { listProjectOverview } from './overview'
import { updatePerson } from './people'
import { getMyPermissions } from './permissions'
import { archiveProject, completeProject, createProject, getProjectOperation, listProjects, reopenProject, updateProject } from './projects'
import {
  castVote,
  createProposal,
  finalizeProposal,
  getProposalOperation,
  listOwnProposals,
  listProposals,
  startRoundOperation,
} from './proposals'
import { claimNext, listReady } from './ready'
import { waitFor } from './waiting'
import { withdrawCheckpoint } from './withdrawal'

/** All operations that can be called from outside. A transport loops over this list and knows no operation by name. */
export const OPERATIONS: readonly AnyOperation[] = [
  listGroups,
  getGroupOperation,
  createGroup,
  updateGroup,
  transferGroup,
  listMembers,
  updateMember,
  removeMember,
  leaveGroup,
  createInvitation,
  listInvitations,
  revokeInvitation,
  acceptInvitation,
  updatePerson,
  listAgentProfiles,
  createAgentProfile,
  updateAgentProfile,
  suspendAgentProfile,
  resumeAgentProfile,
  deleteAgentProfile,
  createProject,
  listProjects,
  getProjectOperation,
  getInstructions,
  updateProject,
  completeProject,
  archiveProject,
  reopenProject,
  createMilestone,
  listMilestones,
  listProjectMilestones,
  getMilestoneOperation,
  updateMilestone,
  deleteMilestone,
  reopenMilestone,
  closeMilestone,
  addCheckpoint,
  updateCheckpoint,
  deleteCheckpoint,
  completeCheckpoint,
  reopenCheckpoint,
  claimCheckpoint,
  claimNext,
  releaseCheckpoint,
  failCheckpoint,
  retryCheckpoint,
  listReady,
  whyBlocked,
  withdrawCheckpoint,
  createProposal,
  listProposals,
  listOwnProposals,
  getProposalOperation,
  castVote,
  finalizeProposal,
  startRoundOperation,
  getProjectGraph,
  getMilestoneGraph,
  listProjectOverview,
  listEvents,
  waitFor,
  streamEvents,
  getMyPermissions,
  createKey,
  createUserKey,
  listKeys,
  listUserKeys,
  revokeKey,
]
