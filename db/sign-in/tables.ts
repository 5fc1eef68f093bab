import { drizzle } from 'drizzle-orm/node-postgres'
import type { Instance } from '../instance'
import { account, session, user, verification } from './schema'

const schema = { user, session, account, verification }

/** The sign-in library's tables in the form that its drizzle adapter takes. */
export const openAuthTables = ({ pool }: Instance) => ({ tables: drizzle(pool, { schema, casing: 'snake_case' }), schema })
