'use client'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import type { ReadError } from '@/lib/client/read'
import { SignInLink } from '../status/sign-in-link'
import { Button } from '../ui/button'
import { usePlan } from './plan-context'

/** A trouble that may pass by itself is told only after a while. Any other one is told soon, but not while the page is being left. */
const PASSING_MS = 5_000
const LASTING_MS = 1_000

/** Says that the plan on screen is not the present one, why, and what one can do. */
export function NotUpToDate() {
  const { error, updatedAt, refresh } = usePlan().freshness
  const isTold = useLasting(error !== null, error?.isPassing ? PASSING_MS : LASTING_MS)

  // A plan that is not asked for would look up to date.
  useEffect(() => {
    window.addEventListener('offline', refresh)
    return () => window.removeEventListener('offline', refresh)
  }, [refresh])

  return (
    <div role="status">
      {isTold && error && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-claimed-tint px-5 py-1.5">
          <p className="min-w-0 wrap-anywhere">
            {sentenceOf(error)} Last update {timeOf(updatedAt)}.
          </p>
          {error.code === 'unauthenticated' && <SignInLink />}
          {error.code === 'not_found' ? (
            <Link href="/" className="font-medium text-accent underline">
              Go to the projects
            </Link>
          ) : (
            <Button onClick={refresh}>Update now</Button>
          )}
        </div>
      )}
    </div>
  )
}

function sentenceOf({ code, message }: ReadError) {
  if (code === 'not_found') return message
  return `Not up to date: ${message.charAt(0).toLowerCase()}${message.slice(1)}`
}

const timeOf = (at: number) => new Date(at).toLocaleTimeString('en-GB')

/** Whether something has been true for so long. */
function useLasting(holds: boolean, ms: number) {
  const [lasts, setLasts] = useState(false)
  useEffect(() => {
    if (!holds) return
    const timer = setTimeout(() => setLasts(true), ms)
    return () => {
      clearTimeout(timer)
      setLasts(false)
    }
  }, [holds, ms])
  return holds && lasts
}
