import type { BetterAuthOptions, DBAdapter, DBTransactionAdapter, Where } from 'better-auth/types'
import { sha256 } from './key'

type Make = (options: BetterAuthOptions) => DBAdapter<BetterAuthOptions>

/**
 * Keeps the hash of a session's token instead of the token, because whoever reads the database also finds the secret that signs cookies. The library sees
 * the token that it named, and none where it named none.
 */
export const withHashedTokens =
  (make: Make): Make =>
  (options) => {
    const inner = make(options)
    return { ...wrapped(inner), transaction: (run) => inner.transaction((within) => run(wrapped(within))) }
  }

const wrapped = <A extends DBTransactionAdapter<BetterAuthOptions>>(inner: A): A => ({
  ...inner,
  create: async (given) => {
    if (given.model !== 'session') return inner.create(given)
    const token = String(Reflect.get(given.data, 'token'))
    return withToken(await inner.create({ ...given, data: { ...given.data, token: sha256(token) } }), token)
  },
  findOne: async (given) => named(given.model, given.where, (where) => inner.findOne({ ...given, where })),
  findMany: async (given) => {
    if (given.model !== 'session') return inner.findMany(given)
    const { where, tokens } = hashing(given.where ?? [])
    const rows = await inner.findMany<object>({ ...given, where })
    return sameRows(rows.map((row) => withToken(row, tokens.get(Reflect.get(row, 'token')) ?? NONE)))
  },
  update: async (given) => {
    if (given.model === 'session' && 'token' in given.update) throw new Error('The token of a session never changes')
    return named(given.model, given.where, (where) => inner.update({ ...given, where }))
  },
  consumeOne: async (given) => named(given.model, given.where, (where) => inner.consumeOne({ ...given, where })),
  incrementOne: async (given) => named(given.model, given.where, (where) => inner.incrementOne({ ...given, where })),
  updateMany: (given) => inner.updateMany({ ...given, where: whereOf(given.model, given.where) }),
  delete: (given) => inner.delete({ ...given, where: whereOf(given.model, given.where) }),
  deleteMany: (given) => inner.deleteMany({ ...given, where: whereOf(given.model, given.where) }),
  count: (given) => inner.count(given.where ? { ...given, where: whereOf(given.model, given.where) } : given),
})

/** Stands for a token that nobody named. It is refused below, so that a list of sessions cannot be used to end them. */
const NONE = ''

/** The cast holds because the token is of the same type in both. */
const withToken = <T>(row: T, token: string): T => ({ ...row, token }) as T

/** The library says of which type the rows of a model are, which their own values do not. */
const sameRows = <T>(rows: object[]): T[] => rows as T[]

const hashing = (where: Where[]): { where: Where[]; tokens: Map<string, string> } => {
  const tokens = new Map<string, string>()
  const hash = (token: unknown): string => {
    if (typeof token !== 'string' || token === NONE) throw new Error('A session was asked for by a token that is not known')
    const hashed = sha256(token)
    tokens.set(hashed, token)
    return hashed
  }
  const mapped = where.map((one) => {
    if (one.field !== 'token') return one
    if ((one.operator ?? 'eq') === 'eq') return { ...one, value: hash(one.value) }
    if (one.operator === 'in' && Array.isArray(one.value)) return { ...one, value: one.value.map(hash) }
    throw new Error('A token can only be compared for equality')
  })
  return { where: mapped, tokens }
}

const whereOf = (model: string, where: Where[]): Where[] => (model === 'session' ? hashing(where).where : where)

const named = async <T>(model: string, given: Where[], run: (where: Where[]) => Promise<T | null>): Promise<T | null> => {
  if (model !== 'session') return run(given)
  const { where, tokens } = hashing(given)
  const row = await run(where)
  return row === null ? null : withToken(row, tokens.get(Reflect.get(Object(row), 'token')) ?? NONE)
}
