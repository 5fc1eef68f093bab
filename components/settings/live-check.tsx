'use client'
import clsx from 'clsx'
import { useEffect, useRef, useState } from 'react'
import { announce } from '@/lib/client/announce'
import { isolated } from '@/lib/domain/bidi'
import type { Key, UsedKey } from '@/lib/domain/schemas/key'
import { clientName } from '../key/client-name'
import { dayOf } from '../key/expiries'
import { SignInLink } from '../status/sign-in-link'
import { StatusGlyph } from '../status/status'
import { Button } from '../ui/button'
import { CopyBlock } from '../ui/copy'
import { Time, useNow } from '../ui/time'
import { Written } from '../ui/written'
import { Troubleshooting } from './troubleshooting'
import { useLastUse } from './use-last-use'

type LiveCheckProps = {
  group_id: string
  made: Key
  /** The key with its last use, as far as the page knew it when it came. */
  known: UsedKey | null
  origin: string
  /** The slug of the group in which the key works. */
  group: string
  /** The address at which somebody without scripts looks again. */
  again: string
}

/** Waits visibly for the first call by a key, and says when it has come, whichever process of the server it came to. */
export function LiveCheck({ group_id, made, known, origin, group, again }: LiveCheckProps) {
  const { key_id, hint } = made
  const { used, phase, unreached, isLong, resume } = useLastUse(group_id, key_id, known)
  const ended = endOf(made, phase === 'revoked', useNow())
  const last =
    ended !== null || used?.last_used_at == null ? null : { at: used.last_used_at, client: clientName(used.last_client), ...callOf(used) }
  useSaid(last === null ? 0 : last.isWork ? 2 : 1, last && `Connected: ${isolated(last.client)}. ${last.call}`)

  return (
    <section
      aria-label="Connection"
      className={clsx('grid gap-2.5 rounded-lg border px-4 py-3.5', last ? 'border-done/40 bg-done-tint' : 'border-line-strong bg-panel')}
    >
      <div className="flex min-w-0 items-start gap-2.5 text-sm leading-5">
        <StatusGlyph
          state={last ? 'completed' : ended === null ? 'claimed' : 'refused'}
          className={clsx(
            'mt-0.5',
            !last && ended === null && phase === 'looking' && 'animate-spin [animation-duration:3s] motion-reduce:animate-none',
          )}
        />
        <div className="grid min-w-0 gap-0.5 wrap-anywhere">
          {last && (
            <>
              <p className="font-semibold">
                Connected: <Written text={last.client} />, key <span className="whitespace-nowrap">…{hint}</span>, <Since at={last.at} />.
              </p>
              <p>{last.call}</p>
            </>
          )}
          {!last && <p className="font-semibold">{ended ?? `Waiting for the first call from ${isolated(made.name)}.`}</p>}
        </div>
      </div>
      {!last && ended === null && phase === 'looking' && (
        <p className="text-muted">
          Start your client, or restart it if it is running.{' '}
          <span className="needs-js">When its first call arrives, this page says so by itself.</span>
          <span className="without-js">
            Then{' '}
            <a href={again} className="font-medium text-accent underline">
              look whether it has called
            </a>
            .
          </span>
        </p>
      )}
      {!last?.isWork && ended === null && (
        <div className="grid gap-1.5">
          <p className="text-muted">{last ? 'Now' : 'Then'} ask the agent, for example:</p>
          <CopyBlock label="Copy the question" text={`What is ready to work on in Cairn, in the group ${group}?`} />
        </div>
      )}
      {unreached && phase === 'looking' && (
        <p className="text-muted">The server cannot be reached at the moment. This page keeps trying.</p>
      )}
      {(phase === 'signed-out' || phase === 'paused') && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {phase === 'paused' ? 'This page has stopped looking.' : 'You are signed out, so this page cannot look.'}
          {phase === 'signed-out' && <SignInLink />}
          <Button onClick={resume}>Look again</Button>
        </p>
      )}
      {!last && ended === null && isLong && <Troubleshooting origin={origin} />}
    </section>
  )
}

/** Why a key is of no use any more, or null. */
function endOf({ hint, expires_at }: Key, isRevoked: boolean, now: number): string | null {
  if (isRevoked) return `The key …${hint} was revoked.`
  return expires_at !== null && Date.parse(expires_at) <= now ? `The key …${hint} expired on ${dayOf(expires_at)}.` : null
}

/** Says a sentence at each further stage that is reached while somebody looks. An agent at work, which calls again and again, is not told of each time. */
function useSaid(stage: number, sentence: string | null) {
  const said = useRef(stage)
  useEffect(() => {
    if (sentence !== null && stage > said.current) announce(sentence)
    said.current = Math.max(stage, said.current)
  }, [stage, sentence])
}

/** What was called last, and whether that was one of Cairn's calls, and not only the contact that a client makes by itself. */
function callOf({ last_call }: UsedKey): { call: string; isWork: boolean } {
  if (last_call === null) return { call: '', isWork: true }
  const isWork = last_call.includes('_')
  return { call: isWork ? `It called ${last_call}.` : `It made contact by ${last_call}, and has called nothing yet.`, isWork }
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
  if (seconds >= 60) return <Time at={at} />
  return (
    <time dateTime={at} suppressHydrationWarning>
      {seconds === 0 ? 'just now' : `${seconds} s ago`}
    </time>
  )
}
