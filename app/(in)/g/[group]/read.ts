import { cache } from 'react'
import { getGroupOperation } from '@/lib/operations/groups'
import { readPage } from '@/lib/transport/page'

/** The group of the address, by its slug or id, which the page and its title read once. */
export const readGroup = cache(async (group_id: string) => (await readPage(getGroupOperation, { group_id })).data)
