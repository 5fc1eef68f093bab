import type { Instance } from '@/db/instance'
import { findLiveSessions } from '@/db/sign-in/sessions'

/** In milliseconds: a session that expires, or is ended by another process, is noticed within a second. All streams of a process share the question. */
const CHECK = 500

type Watched = { callbacks: Map<string, Set<() => void>>; timer: NodeJS.Timeout | null }

const HOLDER = Symbol.for('cairn.watched-sessions')
const holder: typeof globalThis & { [HOLDER]?: Watched } = globalThis

/** It is kept outside the modules, because the route that signs out has another copy of them than the front. */
const watched = (): Watched => {
  const known = holder[HOLDER] ?? { callbacks: new Map(), timer: null }
  holder[HOLDER] = known
  return known
}

/** Calls back once when a session has ended. Returns the function that ends the watch. */
export const watchSession = (instance: Instance, session: string, onEnd: () => void): (() => void) => {
  const { callbacks } = watched()
  const all = callbacks.get(session) ?? new Set()
  callbacks.set(session, all.add(onEnd))
  watched().timer ??= setInterval(() => void check(instance), CHECK).unref()
  return () => {
    all.delete(onEnd)
    if (all.size === 0 && callbacks.get(session) === all) callbacks.delete(session)
    stopIfIdle()
  }
}

/** Tells whoever watches a session that it has ended. */
export const tellEnded = (session: string): void => {
  const { callbacks } = watched()
  const all = callbacks.get(session) ?? []
  callbacks.delete(session)
  for (const onEnd of all) onEnd()
  stopIfIdle()
}

const check = async (instance: Instance): Promise<void> => {
  const asked = [...watched().callbacks.keys()]
  // While the database is away, nobody can sign out.
  const live = await findLiveSessions(instance, asked).catch(() => null)
  if (live) for (const session of asked) if (!live.has(session)) tellEnded(session)
}

const stopIfIdle = (): void => {
  const known = watched()
  if (known.callbacks.size > 0 || !known.timer) return
  clearInterval(known.timer)
  known.timer = null
}
