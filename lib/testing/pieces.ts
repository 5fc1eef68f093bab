import type { Entities, Kind } from '@/lib/domain/entities'
import { NotLoaded, type Unit, type WorldState } from '@/lib/domain/world'

/** All rows of a world as they were at one moment: what a database would have given. */
export type Rows = { [K in Kind]: readonly Entities[K][] }

export const rowsOf = (world: WorldState): Rows => ({
  principal: world.all('principal'),
  key: world.all('key'),
  group: world.all('group'),
  member: world.all('member'),
  project: world.all('project'),
  milestone: world.all('milestone'),
  checkpoint: world.all('checkpoint'),
  proposal: world.all('proposal'),
})

const admitGroup = (world: WorldState, rows: Rows, id: string) => {
  for (const group of rows.group) if (group.group_id === id) world.admit('group', group)
  for (const member of rows.member) if (member.group_id === id) world.admit('member', member)
  for (const project of rows.project) if (project.group_id === id) world.admit('project', project)
  world.complete({ kind: 'group', id })
}

const loaders: { [K in Unit['kind']]: (world: WorldState, rows: Rows, id: string) => void } = {
  principal: (world, rows, id) => {
    for (const principal of rows.principal) if (principal.principal_id === id) world.admit('principal', principal)
    for (const key of rows.key) if (key.principal_id === id) world.admit('key', key)
  },
  group: admitGroup,
  group_slug: (world, rows, slug) => {
    for (const group of rows.group) if (group.slug === slug) admitGroup(world, rows, group.group_id)
  },
  project: (world, rows, id) => {
    for (const project of rows.project) if (project.project_id === id) world.admit('project', project)
  },
  milestone: (world, rows, id) => {
    for (const milestone of rows.milestone) if (milestone.milestone_id === id) world.admit('milestone', milestone)
  },
  checkpoint: (world, rows, id) => {
    for (const checkpoint of rows.checkpoint) if (checkpoint.checkpoint_id === id) world.admit('checkpoint', checkpoint)
  },
  proposal: (world, rows, id) => {
    for (const proposal of rows.proposal) if (proposal.proposal_id === id) world.admit('proposal', proposal)
  },
  checkpoints: (world, rows, id) => {
    for (const checkpoint of rows.checkpoint) if (checkpoint.milestone_id === id) world.admit('checkpoint', checkpoint)
  },
  dependents: (world, rows, id) => {
    for (const checkpoint of rows.checkpoint) if (checkpoint.depends_on.includes(id)) world.admit('checkpoint', checkpoint)
  },
}

/** Runs a question against a world that fills, unit by unit, from rows of before. */
export const loading = <T>(world: WorldState, rows: Rows, run: () => T): T => {
  for (let round = 0; round < 1_000; round++) {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error
      for (const { kind, id } of error.units) {
        loaders[kind](world, rows, id)
        world.complete({ kind, id })
      }
    }
  }
  throw new Error('a question never had enough loaded')
}
