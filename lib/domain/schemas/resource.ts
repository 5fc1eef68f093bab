import * as z from 'zod'

/** One page of the resources that a client is shown. */
export const ListedResources = z.object({
  resources: z.array(z.object({ id: z.string(), title: z.string(), updated_at: z.string() })),
  next_cursor: z.string().nullable(),
})

export type ListedResources = z.infer<typeof ListedResources>
