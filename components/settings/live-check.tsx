'use client'
import clsx from 'clsx'
import { useEffect, useState } from 'react'
import { readKey } from '@/lib/client/keys'
import { ReadError } from '@/lib/client/read'
import { isolated } from '@/lib/domain/bidi'
import type { Key, UsedKey } from '@/lib/domain/schemas/key'
import { SignInLink } from '../status/sign-in-link'
import { StatusGlyph } from '../status/status'
import { Button } from '../ui/button'
import { Time, useNow } from '../ui/time'
import { Written } from '../ui/written'
import { clientName } from './clients'
import { Troubleshooting } from './troubleshooting'

const LOOK_EVERY_MS = 1_500
const LOOK_FOR_MS = 15 * 60_000
const LONG_WAIT_MS = 60_000

type Phase = 'looking' | 'paused' | 'signed-out' | 'revoked'

type LiveCheckProps = { group_id: string; made: Key; known: UsedKey | null; origin: string; again: string }

/** Waits visibly for the first call by a key, and says when it has come, whichever process of the server it came to. */
export function LiveCheck({ group_id, made, known, origin, again }: LiveCheckProps) {
  const { key_id, hint } = made
  const name = isolated(made.name)
  const { used, phase, unreached, isLong, resume } = useLastUse(group_id, key_id, known)
  const isConnected = used?.last_used_at != null && phase !== 'revoked'
  const sentence = isConnected
    ? `Connected: ${clientName(used.last_client)}, key …${hint}. ${callOf(used)}`
    : phase === 'revoked'
      ? `The key …${hint} was revoked.`
      : `Waiting for the first call of ${name}.`

  return (
    <section
      aria-label="Connection"
      className={clsx(
        'grid gap-2.5 rounded-lg border px-4 py-3.5',
        isConnected ? 'border-done/40 bg-done-tint' : 'border-line-strong bg-panel',
      )}
    >
      <p role="status" className="sr-only">
        {sentence}
      </p>
      <div aria-hidden="true" className="flex min-w-0 items-start gap-2.5 text-sm leading-5">
        <StatusGlyph state={isConnected ? 'completed' : phase === 'revoked' ? 'refused' : 'claimed'} className="mt-0.5" />
        <div className="grid min-w-0 gap-0.5">
          {isConnected ? (
            <>
              <p className="font-semibold wrap-anywhere">
                Connected: <Written text={clientName(used.last_client)} />, key …{hint}, <Since at={used.last_used_at ?? ''} />.
              </p>
              <p className="wrap-anywhere">{callOf(used)}</p>
            </>
          ) : (
            <p className="font-semibold wrap-anywhere">{sentence}</p>
          )}
        </div>
      </div>
      {!isConnected && phase === 'looking' && (
        <p className="text-muted">
          <span className="needs-js">
            Start your client, or restart it if it is running. This turns by itself when the first call arrives.
          </span>
          <span className="without-js">
            Start your client, or restart it if it is running, and then{' '}
            <a href={again} className="font-medium text-accent underline">
              look whether it has called
            </a>
            .
          </span>
        </p>
      )}
      {unreached && phase === 'looking' && <p className="text-muted">The server cannot be reached at the moment. It is tried again.</p>}
      {phase === 'signed-out' && (
        <p className="flex flex-wrap items-center gap-x-3">
          You are signed out, so this page cannot look. <SignInLink />
          <Button onClick={resume}>Look again</Button>
        </p>
      )}
      {phase === 'paused' && (
        <p className="flex flex-wrap items-center gap-x-3">
          This page has stopped looking.
          <Button onClick={resume}>Look again</Button>
        </p>
      )}
      {!isConnected && phase !== 'revoked' && isLong && <Troubleshooting origin={origin} />}
    </section>
  )
}

function callOf({ last_call, last_used_via }: UsedKey): string {
  if (last_call === null) return ''
  if (last_call.includes('_')) return `It called ${last_call}.`
  return last_used_via === 'mcp' ? `It made contact (${last_call}), and has called no tool yet.` : `It called ${last_call}.`
}

/** Asks for the key again and again as long as somebody looks at the page. */
function useLastUse(group_id: string, key_id: string, known: UsedKey | null) {
  const [used, setUsed] = useState(known)
  const [phase, setPhase] = useState<Phase>('looking')
  const [unreached, setUnreached] = useState(false)
  const [isLong, setLong] = useState(false)
  const [round, setRound] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round looks again
  useEffect(() => {
    const end = new AbortController()
    const until = performance.now() + LOOK_FOR_MS
    let timer: ReturnType<typeof setTimeout> | undefined
    const long = setTimeout(() => setLong(true), LONG_WAIT_MS)

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

/** How long ago something was: to the second in the first minute. */
function Since({ at }: { at: string }) {
  const server = useNow()
  const [here, setHere] = useState(0)
  useEffect(() => {
    const tick = () => setHere(Date.now())
    tick()
    const timer = setInterval(tick, 1_000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.floor(((here || server) - Date.parse(at)) / 1_000))
  return seconds < 60 ? (
    <time dateTime={at} suppressHydrationWarning>
      {seconds} s ago
    </time>
  ) : (
    <Time at={at} />
  )
}
