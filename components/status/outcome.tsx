'use client'
import type { ReactNode } from 'react'
import { type Act, isPassing } from '@/lib/client/act'
import { Button } from '../ui/button'
import { Refused } from './refused'

type OutcomeProps = {
  act: Pick<Act<unknown>, 'trouble' | 'retry' | 'pending'>
  /** Whether the form says the refusal elsewhere, at the field that was refused. */
  placed?: boolean
  /** What one can do about a refusal. */
  children?: ReactNode
  className?: string
}

/** Why an action did not come to its end, where the action was. It stays until the action is tried again. */
export function Outcome({ act, placed = false, children, className }: OutcomeProps) {
  const { trouble, retry, pending } = act
  const look = className === undefined ? {} : { className }
  const again = (
    <Button onClick={retry} busy={pending}>
      Try again
    </Button>
  )
  switch (trouble?.kind) {
    case undefined:
      return null
    case 'refused':
      if (placed) return null
      return (
        <Refused message={trouble.refusal.message} {...look}>
          {isPassing(trouble.refusal) ? again : children}
        </Refused>
      )
    case 'unreached':
      return (
        <Refused message="We could not reach the server. It is not known whether this was saved." {...look}>
          {again}
          <span className="text-muted">Trying again does it once, even if it was saved.</span>
        </Refused>
      )
    case 'signed-out':
      return (
        <Refused message="You are signed out, so this was not saved. What you entered is still here." {...look}>
          <SignInLink />
          {again}
        </Refused>
      )
    case 'outdated':
      return (
        <Refused
          message="Cairn was updated while this page was open, so this was not saved. Copy what you entered, then load the page again."
          {...look}
        >
          <Button onClick={() => location.reload()}>Load the page again</Button>
        </Refused>
      )
  }
}

/** Opens in another tab, so that this page keeps what was entered. */
function SignInLink() {
  return (
    <a href="/sign-in" target="_blank" className="font-medium text-accent underline" rel="noopener">
      Sign in
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  )
}
