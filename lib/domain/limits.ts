/** The limits of one call. Lengths of texts are counted in UTF-16 units. */
export const LIMITS = {
  title: 200,
  email: 254,
  password_least: 8,
  password: 256,
  description: 8_192,
  remark: 2_000,
  url: 2_048,
  session_id: 200,
  client: 100,
  checkpoints_per_milestone: 500,
  dependencies_per_checkpoint: 50,
  idempotency_key: 200,
  max_failures: 100,
  /** The options of a proposal. */
  options: 20,
  deadline_hours: 8_760,
  lease_seconds: 86_400,
  waits_per_key: 1_000,
  streams_per_key: 1_000,
  body_bytes: 262_144,
} as const
