import { drizzle } from 'drizzle-orm/node-postgres'
import { boolean, text } from 'drizzle-orm/pg-core'
import type { Instance } from '../instance'
import { account, auth, moment, session, verification } from './schema'

/**
 * A view of the people in the log, so that there is one truth about who exists and what they are called. It is not in `schema.ts`, because it would be
 * made as a table there. The library only reads it.
 */
const user = auth.table('user', {
  id: text().primaryKey(),
  name: text().notNull(),
  email: text().notNull(),
  emailVerified: boolean().notNull(),
  image: text(),
  createdAt: moment().notNull(),
  updatedAt: moment().notNull(),
})

const schema = { user, session, account, verification }

/** The sign-in library's tables in the form that its drizzle adapter takes. */
export const openAuthTables = ({ pool }: Instance) => ({ tables: drizzle(pool, { schema, casing: 'snake_case' }), schema })
