import { index, integer, pgSchema, text, timestamp, unique } from 'drizzle-orm/pg-core'

// The tables of the sign-in library, better-auth, with the names that it expects. Their changes are not in the log. Its users are a view of the people in
// the log, which `tables.ts` describes.

export const moment = () => timestamp({ withTimezone: true })

export const auth = pgSchema('auth')

export const session = auth.table(
  'session',
  {
    id: text().primaryKey(),
    expiresAt: moment().notNull(),
    /** The SHA-256 of the token in the cookie. */
    token: text().notNull().unique('session_token_key'),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
    ipAddress: text(),
    userAgent: text(),
    userId: text().notNull(),
    /** How the session was begun: by a link, a password, an invitation or a provider. */
    by: text().notNull().default('link'),
  },
  (t) => [index('session_user').on(t.userId)],
)

export const account = auth.table(
  'account',
  {
    id: text().primaryKey(),
    accountId: text().notNull(),
    providerId: text().notNull(),
    userId: text().notNull(),
    accessToken: text(),
    refreshToken: text(),
    idToken: text(),
    accessTokenExpiresAt: moment(),
    refreshTokenExpiresAt: moment(),
    scope: text(),
    password: text(),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (t) => [index('account_user').on(t.userId), unique('account_provider_key').on(t.providerId, t.accountId)],
)

export const verification = auth.table(
  'verification',
  {
    id: text().primaryKey(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: moment().notNull(),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (t) => [index('verification_identifier').on(t.identifier)],
)

/** Secrets of this instance, which are made at its first start, and what that start has completed. */
export const settings = auth.table('settings', { name: text().primaryKey(), value: text().notNull() })

/** How often in a row something secret was guessed wrongly, by whom or for what. */
export const attempt = auth.table(
  'attempt',
  { key: text().primaryKey(), failures: integer().notNull(), lastAt: moment().notNull() },
  (t) => [index('attempt_last_at').on(t.lastAt)],
)
