import * as z from 'zod'
import { PRINCIPAL_KINDS } from '../entities'
import { VIAS } from '../events'

export const LoggedEvent = z
  .object({
    seq: z.int(),
    type: z.string(),
    at: z.string(),
    actor_id: z.string(),
    actor_name: z.string(),
    actor_type: z.enum(PRINCIPAL_KINDS).nullable().describe('null in checkpoint.face_changed, which does not say who did it'),
    on_behalf_of: z.string().nullable().describe('name of the person who answered for the agent profile that did it; null if a person did'),
    session_id: z.string().nullable(),
    via: z.enum(VIAS).nullable(),
    group_id: z.string().nullable(),
    project_id: z.string().nullable(),
    milestone_id: z.string().nullable(),
    checkpoint_id: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' })

export type LoggedEvent = z.infer<typeof LoggedEvent>
