import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { type Cursor, cursorOf } from '@/lib/domain/cursor'

export type Page = { limit: number; cursor?: Cursor | undefined }

/** The rows of a page, and the cursor of the next page if there is one. The query must have asked for one row more than the page has. */
export const pageOf = <T extends { created_at: string; id: string }>(rows: readonly T[], { limit }: Page) => {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, next_cursor: rows.length > limit && last ? cursorOf(last) : null }
}

/** The condition that a row comes after the last row of the previous page, in the order of creation. */
export const beyond = (created_at: PgColumn, id: PgColumn, cursor: Cursor | undefined, direction: '<' | '>'): SQL | undefined =>
  cursor && sql`(${created_at}, ${id}) ${sql.raw(direction)} (${cursor.created_at}::timestamptz, ${cursor.id})`
