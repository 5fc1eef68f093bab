'use client'
import { useEffect, useState } from 'react'
import { readKey } from '@/lib/client/keys'
import { ReadError } from '@/lib/client/read'
import type { UsedKey } from '@/lib/domain/schemas/key'

const LOOK_EVERY_MS = 1_500
const LOOK_FOR_MS = 15 * 60_000
const LONG_WAIT_MS = 60_000

export type LastUse = {
  /** The key as it was when it was seen last. */
  used: UsedKey | null
  phase: 'looking' | 'paused' | 'signed-out' | 'revoked'
  unreached: boolean
  /** Whether one has waited for so long that something may be wrong. */
  isLong: boolean
  resume: () => void
}

/** Asks for a key again and again, for a while and as long as somebody looks at the page. */
export function useLastUse(group_id: string, key_id: string, known: UsedKey | null): LastUse {
  const [used, setUsed] = useState(known)
  const [phase, setPhase] = useState<LastUse['phase']>('looking')
  const [unreached, setUnreached] = useState(false)
  const [isLong, setLong] = useState(false)
  const [round, setRound] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round looks again
  useEffect(() => {
    const end = new AbortController()
    const until = performance.now() + LOOK_FOR_MS
    const long = setTimeout(setLong, LONG_WAIT_MS, true)
    let timer: ReturnType<typeof setTimeout> | undefined

    async function look() {
      if (performance.now() > until) return setPhase('paused')
      try {
        const found = await readKey(group_id, key_id, end.signal)
        if (!found) return setPhase('revoked')
        setUsed(found)
        setUnreached(false)
      } catch (error) {
        if (end.signal.aborted) return
        if (error instanceof ReadError && error.code === 'unauthenticated') return setPhase('signed-out')
        setUnreached(true)
      }
      timer = setTimeout(whenSeen, LOOK_EVERY_MS)
    }

    function whenSeen() {
      if (!document.hidden) return void look()
      document.addEventListener('visibilitychange', whenSeen, { once: true, signal: end.signal })
    }

    setPhase('looking')
    whenSeen()
    return () => {
      end.abort()
      clearTimeout(timer)
      clearTimeout(long)
    }
  }, [group_id, key_id, round])

  return { used, phase, unreached, isLong, resume: () => setRound(round + 1) }
}
