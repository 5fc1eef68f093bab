/** The things that examples in the documentation are about: the same ones everywhere, so that a reader meets the plan of one team. */
export const EXAMPLE = {
  group_id: '6f1c2d0e-58b4-4c6a-9d3f-2b7e0a41c895',
  group_slug: 'backend-team',
  project_id: 'proj_h4tq6zb2m7xa',
  milestone_id: 'ms_3kq7xw2mbr5a',
  /** Another milestone, of another team. */
  other_milestone_id: 'ms_q5n4ed7yvt2c',
  checkpoint_id: 'cp_w2b6rk3hjz7e',
  /** The checkpoint on which that one depends. */
  other_checkpoint_id: 'cp_d7x5ma4pqu2s',
  claim_id: 'clm_t6y3gf2nka5v',
  proposal_id: 'prop_c4e7sj5lwo3r',
  user_id: 'usr_m2z5vq6dht4b',
  agent_profile_id: 'ap_x3k6ry7cbn2g',
  key_id: 'key_j5u2wp4aof6m',
  milestone: 'Ship Feature X',
  git_branch_url: 'https://git.example.com/acme/api/tree/feature-x',
  git_pr_url: 'https://git.example.com/acme/api/pull/42',
  git_commit_url: 'https://git.example.com/acme/api/commit/4f2c9d1',
  checkpoint: 'Tests passing',
  other_checkpoint: 'Implementation complete',
  person: 'Maria',
  agent: 'atlas',
  request_id: '0b9f4d1e-7a3c-4e52-8f60-1d2c3b4a5e6f',
  at: '2026-03-02T09:15:00.000Z',
  later: '2026-03-02T09:30:00.000Z',
} as const
