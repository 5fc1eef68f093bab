import { sql } from 'drizzle-orm'
import { customType, text } from 'drizzle-orm/pg-core'
import { SLUG_LENGTH, SLUG_SHAPE } from '../../lib/domain/slug'

/** A timestamptz with milliseconds, which is read and written as ISO 8601 in UTC. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp (3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
})

export const workspaceId = () => text().notNull()

/** A check of a text's length; at least 1 where it must not be empty. */
export const lengthCheck = (column: string, most: number, least = 0) =>
  sql.raw(least > 0 ? `length(${column}) between ${least} and ${most}` : `length(${column}) <= ${most}`)

export const slugCheck = sql.raw(`slug ~ '${SLUG_SHAPE.source}' and length(slug) <= ${SLUG_LENGTH}`)
