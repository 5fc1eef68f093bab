import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { type Cursor, cursorOf } from '@/lib/domain/cursor'

export type Page = { limit: number; cursor?: Cursor | undefined }

/** The rows of one page out of a query for one row more, and the cursor of the next page where there is one. */
export const pageOf = <T extends { created_at: string; id: string }>(rows: readonly T[], { limit }: Page) => {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, next_cursor: rows.length > limit && last ? cursorOf(last) : null }
}

/** Whether a row lies beyond the last row of the page before, in the order of creation. */
export const beyond = (created_at: PgColumn, id: PgColumn, cursor: Cursor | undefined, direction: '<' | '>'): SQL | undefined =>
  cursor && sql`(${created_at}, ${id}) ${sql.raw(direction)} (${cursor.created_at}::timestamptz, ${cursor.id})`
