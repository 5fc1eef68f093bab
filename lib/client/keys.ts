import type { UsedKey } from '@/lib/domain/schemas/key'
import { read } from './read'

type Page = { keys: UsedKey[]; next_cursor: string | null }

/** A key of a group as it is now, or null if it was revoked. Newer keys come first, so it takes one request for a key that was just made. @throws ReadError */
export async function readKey(group_id: string, key_id: string, signal: AbortSignal): Promise<UsedKey | null> {
  let cursor: string | null = ''
  while (cursor !== null) {
    const after: string = cursor && `&cursor=${encodeURIComponent(cursor)}`
    const { data } = await read<Page>(`/api/groups/${group_id}/keys?limit=100${after}`, signal)
    const found = data.keys.find((key) => key.key_id === key_id)
    if (found) return found
    cursor = data.next_cursor
  }
  return null
}
