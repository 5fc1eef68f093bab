import { DomainError } from '@/lib/domain/errors'
import { milestoneText, oneCheckpointText } from '@/lib/domain/text/milestone'
import { proposalText } from '@/lib/domain/text/proposal'
import { readyText } from '@/lib/domain/text/ready'
import { refusalText } from '@/lib/domain/text/refusal'
import { viewMilestone, viewMilestoneWithOne } from '@/lib/domain/views/milestone'
import { viewProposal } from '@/lib/domain/views/proposal'
import { viewReady } from '@/lib/domain/views/ready'
import { addCheckpoint } from '@/lib/operations/checkpoints'
import { claimCheckpoint } from '@/lib/operations/claims'
import { completeCheckpoint } from '@/lib/operations/completion'
import { failCheckpoint } from '@/lib/operations/failure'
import { createMilestone } from '@/lib/operations/milestones'
import { castVote } from '@/lib/operations/proposals'
import { claimNext } from '@/lib/operations/ready'
import { sayTool } from '@/lib/transport/say'
import { type Workspace, workspace } from './sketch'

/** A text as an agent gets it in the middle of real work, and the most tokens that it may cost. */
export type Scene = { name: string; text: string; most: number }

const PARTS = ['the sign-in form', 'password reset', 'the session store', 'rate limits', 'the audit log', 'invitations', 'two-factor codes']
const WORK = ['Design', 'Implement', 'Test', 'Review', 'Document', 'Migrate', 'Deploy']

const titleOf = (at: number): string => `${WORK[at % WORK.length]} ${PARTS[Math.floor(at / WORK.length) % PARTS.length]}`

const link = (at: number) => `https://github.com/acme/shop/pull/${100 + at}`

const refused = (run: () => unknown, asked: object): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof DomainError)
      return refusalText({ error: error.code, message: error.message, details: error.details }, { ...asked }, sayTool)
    throw error
  }
  throw new Error('the call was not refused')
}

/** Plans a milestone in which every third checkpoint is done, with a link, some are claimed and some have failed. */
const plan = (sketch: Workspace, count: number): string => {
  const checkpoints = Array.from({ length: count }, (_, at) => ({
    title: titleOf(at),
    depends_on: at % 7 === 0 ? [] : [at],
    requires_consensus: at === count - 1,
  }))
  const description = 'Customers sign in with a password and a second factor, and administrators see who did.'
  const { milestone_id } = sketch.run(createMilestone, { group_id: 'team', title: 'User authentication', description, checkpoints }).data
  const [claude, codex] = [sketch.as('Claude', { agent: true }), sketch.as('Codex', { agent: true })]
  for (let order = 1; order < count; order++) {
    const address = { milestone_id, order }
    const step = (order - 1) % 7
    if (step < 2)
      sketch.run(completeCheckpoint, { ...address, git_pr_url: link(order), note: step === 0 ? 'Agreed with the team' : '' }, claude)
    if (step === 2 && order % 2 === 0) sketch.run(claimCheckpoint, address, codex)
    if (step === 2 && order % 3 === 0)
      sketch.run(failCheckpoint, { ...address, reason: 'The tests of the session store time out after 30 s' }, codex)
  }
  return milestone_id
}

/** The scenes whose texts have a budget. They are made anew each time, with new ids. */
export const makeScenes = (): Scene[] => {
  const sketch = workspace()
  const milestone_id = plan(sketch, 50)
  const context = sketch.contextOf()
  const { world } = sketch
  const read = (id: string) => milestoneText(viewMilestone(world, id, context))
  const at = (order: number) => ({ milestone_id, order })
  const first = world.checkpoints(milestone_id)[2]
  const whole = first ? oneCheckpointText(viewMilestoneWithOne(world, context, first), sayTool) : ''
  const milestone = read(milestone_id)
  const other = sketch.as('Gemini', { agent: true })
  const blocked = refused(() => sketch.run(completeCheckpoint, at(5), other), at(5))
  const fork = sketch.plan('Ship Feature X', {
    'Design approved': [],
    'Backend implementation': ['Design approved'],
    'Frontend implementation': ['Design approved'],
    'Integration tests': ['Backend implementation', 'Frontend implementation'],
  })
  const small = read(fork.milestone_id)
  const done = sketch.run(completeCheckpoint, { ...fork.address('Design approved'), git_pr_url: link(1), note: 'Agreed' }).text(sayTool)
  const claimed = sketch.run(claimNext, { group_id: 'team', milestone_id: fork.milestone_id }, other).text(sayTool)
  const held = refused(() => sketch.run(completeCheckpoint, fork.address('Backend implementation')), fork.address('Backend implementation'))
  const added = sketch
    .run(addCheckpoint, { milestone_id: fork.milestone_id, title: 'Security review', position: 3, depends_on: [2] })
    .text(sayTool)
  const [voting, voted, shut] = votesOf(sketch)
  return [
    { name: 'get_milestone, 4 checkpoints', text: small, most: 70 },
    { name: 'get_milestone, 50 checkpoints', text: milestone, most: 1_100 },
    { name: 'get_milestone, 500 checkpoints', text: read(plan(sketch, 500)), most: 2_800 },
    { name: 'get_milestone, one checkpoint', text: whole, most: 160 },
    { name: 'complete_checkpoint', text: done, most: 120 },
    { name: 'add_checkpoint', text: added, most: 60 },
    { name: 'list_ready, 20', text: readyOf(sketch), most: 600 },
    { name: 'claim_next', text: claimed, most: 220 },
    { name: 'refusal: blocked', text: blocked, most: 160 },
    { name: 'refusal: claimed', text: held, most: 160 },
    { name: 'get_proposal, a gate of 5', text: voting, most: 200 },
    { name: 'cast_vote', text: voted, most: 200 },
    { name: 'refusal: consensus_required', text: shut, most: 160 },
  ]
}

/** The gate of a deployment on which five may vote and two have: as it is read, as a third ballot is answered, and as it refuses a completion. */
const votesOf = (sketch: Workspace): readonly [voting: string, voted: string, shut: string] => {
  const [ada, ben] = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eve'].map((name) => sketch.as(name))
  const { milestone_id } = sketch.plan('Release 9 of the shop', { 'Deploy to production': [] }, { gated: ['Deploy to production'] })
  const { proposal_id } = sketch.proposal(sketch.at('Release 9 of the shop/Deploy to production').proposal_id)
  const vote = { proposal_id, round: 1 }
  sketch.run(castVote, { ...vote, vote: 'yes' }, ada)
  sketch.run(castVote, { ...vote, vote: 'no', comment: 'The migration has not been tried on a copy of the data' }, ben)
  const voting = proposalText(viewProposal(sketch.world, proposal_id, sketch.contextOf(sketch.as('Cleo'))), sayTool)
  const address = { milestone_id, order: 1 }
  const shut = refused(() => sketch.run(completeCheckpoint, address), address)
  return [voting, sketch.run(castVote, { ...vote, vote: 'yes' }, sketch.as('Cleo')).text(sayTool), shut]
}

/** Twenty tasks of eight milestones, some of which have failed. */
const readyOf = (sketch: Workspace): string => {
  const ids = Array.from({ length: 8 }, (_, at) => {
    const checkpoints = Array.from({ length: 3 }, (_, step) => ({ title: titleOf(at * 7 + step) }))
    return sketch.run(createMilestone, { group_id: 'team', title: `Release ${at + 1} of the shop`, checkpoints }).data.milestone_id
  })
  for (const milestone_id of ids.slice(0, 3))
    sketch.run(failCheckpoint, { milestone_id, order: 1, reason: 'The staging database is not reachable' })
  const context = sketch.contextOf()
  const open = ids.flatMap((id) => sketch.world.checkpoints(id)).slice(0, 20)
  const checkpoints = open.map((checkpoint) => viewReady(sketch.world, context, checkpoint, checkpoint.order % 3))
  return readyText({ checkpoints, total: 24 }, sayTool, { group_id: 'team' })
}
