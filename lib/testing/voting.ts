import type { Actor } from '@/lib/domain/context'
import type { Proposal } from '@/lib/domain/entities'
import type * as Wire from '@/lib/domain/schemas/proposal'
import { viewProposal } from '@/lib/domain/views/proposal'
import { castVote, finalizeProposal } from '@/lib/operations/proposals'
import { type Plan, type Workspace, workspace } from './sketch'

/** A plan whose step Deploy is gated by its owner and waits for Build, with the calls about its vote. */
export class Ballots {
  private readonly checkpoint_id: string

  constructor(
    readonly sketch: Workspace,
    readonly plan: Plan,
    step = 'Deploy',
  ) {
    this.checkpoint_id = plan.at(step).checkpoint_id
  }

  get proposal(): Proposal {
    return this.sketch.proposal(this.sketch.world.find('checkpoint', this.checkpoint_id)?.proposal_id ?? null)
  }

  get address() {
    return { milestone_id: this.plan.milestone_id, order: this.checkpoint_id }
  }

  /** The names of those whose ballots count. */
  get electorate(): string[] {
    return this.proposal.electorate.map((id) => this.sketch.world.find('principal', id)?.name ?? id).sort()
  }

  /** Casts a ballot, for the present round unless another or none is given. */
  cast(actor: Actor, vote = 'yes', more: { round?: number } = { round: this.proposal.round }) {
    return this.sketch.run(castVote, { proposal_id: this.proposal.proposal_id, vote, ...more }, actor)
  }

  refuse(actor: Actor, vote = 'yes', more: { round?: number } = { round: this.proposal.round }) {
    return this.sketch.refused(castVote, { proposal_id: this.proposal.proposal_id, vote, ...more }, actor)
  }

  /** The proposal as the owner reads it now. */
  read(): Wire.Proposal {
    return viewProposal(this.sketch.world, this.proposal.proposal_id, this.sketch.contextOf())
  }

  finalize(actor?: Actor) {
    return this.sketch.run(finalizeProposal, { proposal_id: this.proposal.proposal_id }, actor)
  }

  /** The code of the refusal to finalize. */
  unfinalized(): string {
    return this.sketch.refused(finalizeProposal, { proposal_id: this.proposal.proposal_id }).code
  }
}

/** Plans a gated step in a workspace whose people and settings have been made before. */
export const votingIn = (sketch: Workspace = workspace()): Ballots =>
  new Ballots(sketch, sketch.plan('api', { Build: [], Deploy: ['Build'] }, { gated: ['Deploy'] }))
