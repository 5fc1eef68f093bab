import { customType, text } from 'drizzle-orm/pg-core'

/** A timestamptz with milliseconds, which is read and written as ISO 8601 in UTC. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp (3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
})

export const workspaceId = () => text().notNull()
