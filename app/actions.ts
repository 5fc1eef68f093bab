'use server'
import * as agents from '@/lib/operations/agents'
import * as checkpoints from '@/lib/operations/checkpoints'
import * as claims from '@/lib/operations/claims'
import * as completion from '@/lib/operations/completion'
import * as failure from '@/lib/operations/failure'
import * as groups from '@/lib/operations/groups'
import * as invitations from '@/lib/operations/invitations'
import * as keys from '@/lib/operations/keys'
import * as members from '@/lib/operations/members'
import * as milestones from '@/lib/operations/milestones'
import * as people from '@/lib/operations/people'
import * as projects from '@/lib/operations/projects'
import * as proposals from '@/lib/operations/proposals'
import * as withdrawal from '@/lib/operations/withdrawal'
import { runAction } from '@/lib/transport/action'

// Called by code with an input, or by React with the last answer and a form: the form then is the input.

export const completeCheckpoint = async (input: unknown, form?: FormData) => runAction(completion.completeCheckpoint, form ?? input)
export const reopenCheckpoint = async (input: unknown, form?: FormData) => runAction(completion.reopenCheckpoint, form ?? input)
export const claimCheckpoint = async (input: unknown, form?: FormData) => runAction(claims.claimCheckpoint, form ?? input)
export const releaseCheckpoint = async (input: unknown, form?: FormData) => runAction(claims.releaseCheckpoint, form ?? input)
export const failCheckpoint = async (input: unknown, form?: FormData) => runAction(failure.failCheckpoint, form ?? input)
export const retryCheckpoint = async (input: unknown, form?: FormData) => runAction(failure.retryCheckpoint, form ?? input)
export const withdrawCheckpoint = async (input: unknown, form?: FormData) => runAction(withdrawal.withdrawCheckpoint, form ?? input)
export const updateCheckpoint = async (input: unknown, form?: FormData) => runAction(checkpoints.updateCheckpoint, form ?? input)
export const addCheckpoint = async (input: unknown, form?: FormData) => runAction(checkpoints.addCheckpoint, form ?? input)
export const deleteCheckpoint = async (input: unknown, form?: FormData) => runAction(checkpoints.deleteCheckpoint, form ?? input)

export const createMilestone = async (input: unknown, form?: FormData) => runAction(milestones.createMilestone, form ?? input)
export const updateMilestone = async (input: unknown, form?: FormData) => runAction(milestones.updateMilestone, form ?? input)
export const closeMilestone = async (input: unknown, form?: FormData) => runAction(milestones.closeMilestone, form ?? input)
export const reopenMilestone = async (input: unknown, form?: FormData) => runAction(milestones.reopenMilestone, form ?? input)
export const deleteMilestone = async (input: unknown, form?: FormData) => runAction(milestones.deleteMilestone, form ?? input)

export const createProject = async (input: unknown, form?: FormData) => runAction(projects.createProject, form ?? input)
export const createProjectInNewGroup = async (input: unknown, form?: FormData) => runAction(projects.createProjectInNewGroup, form ?? input)
export const completeProject = async (input: unknown, form?: FormData) => runAction(projects.completeProject, form ?? input)
export const archiveProject = async (input: unknown, form?: FormData) => runAction(projects.archiveProject, form ?? input)
export const reopenProject = async (input: unknown, form?: FormData) => runAction(projects.reopenProject, form ?? input)

export const createGroup = async (input: unknown, form?: FormData) => runAction(groups.createGroup, form ?? input)
export const updateGroup = async (input: unknown, form?: FormData) => runAction(groups.updateGroup, form ?? input)
export const transferGroup = async (input: unknown, form?: FormData) => runAction(groups.transferGroup, form ?? input)

export const createProposal = async (input: unknown, form?: FormData) => runAction(proposals.createProposal, form ?? input)
export const castVote = async (input: unknown, form?: FormData) => runAction(proposals.castVote, form ?? input)
export const finalizeProposal = async (input: unknown, form?: FormData) => runAction(proposals.finalizeProposal, form ?? input)
export const startRound = async (input: unknown, form?: FormData) => runAction(proposals.startRoundOperation, form ?? input)

export const updateMember = async (input: unknown, form?: FormData) => runAction(members.updateMember, form ?? input)
export const removeMember = async (input: unknown, form?: FormData) => runAction(members.removeMember, form ?? input)
export const leaveGroup = async (input: unknown, form?: FormData) => runAction(members.leaveGroup, form ?? input)
export const createInvitation = async (input: unknown, form?: FormData) => runAction(invitations.createInvitation, form ?? input)
export const revokeInvitation = async (input: unknown, form?: FormData) => runAction(invitations.revokeInvitation, form ?? input)

export const createAgentProfile = async (input: unknown, form?: FormData) => runAction(agents.createAgentProfile, form ?? input)
export const updateAgentProfile = async (input: unknown, form?: FormData) => runAction(agents.updateAgentProfile, form ?? input)
export const suspendAgentProfile = async (input: unknown, form?: FormData) => runAction(agents.suspendAgentProfile, form ?? input)
export const resumeAgentProfile = async (input: unknown, form?: FormData) => runAction(agents.resumeAgentProfile, form ?? input)
export const deleteAgentProfile = async (input: unknown, form?: FormData) => runAction(agents.deleteAgentProfile, form ?? input)

export const connectAgent = async (input: unknown, form?: FormData) => runAction(keys.connectAgent, form ?? input)
export const createKey = async (input: unknown, form?: FormData) => runAction(keys.createKey, form ?? input)
export const revokeKey = async (input: unknown, form?: FormData) => runAction(keys.revokeKey, form ?? input)

export const updatePerson = async (input: unknown, form?: FormData) => runAction(people.updatePerson, form ?? input)
export const acceptInvitation = async (input: unknown, form?: FormData) => runAction(invitations.acceptInvitation, form ?? input)
