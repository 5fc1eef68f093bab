'use client'
import type { ReactNode } from 'react'
import type { Act } from '@/lib/client/act'
import { isPassing, sentenceOf } from '@/lib/client/trouble'
import { absolute } from '../ui/absolute'
import { Button } from '../ui/button'
import { Refused } from './refused'
import { SignInLink } from './sign-in-link'

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
  if (!trouble || (trouble.kind === 'refused' && placed)) return null
  const again = retry && (
    <Button onClick={retry} busy={pending}>
      Try again
    </Button>
  )
  return (
    <Refused message={sentenceOf(trouble).replace(MOMENT, absolute)} {...(className !== undefined && { className })}>
      {trouble.kind === 'refused' && (isPassing(trouble.refusal) ? again : children)}
      {trouble.kind === 'unreached' && (
        <>
          {again}
          <span className="text-muted">Trying again is safe: it will not be saved twice.</span>
        </>
      )}
      {trouble.kind === 'signed-out' && (
        <>
          <SignInLink />
          {again}
          <span className="text-muted">What you entered stays here.</span>
        </>
      )}
      {trouble.kind === 'outdated' && (
        <>
          <Button onClick={() => location.reload()}>Load the page again</Button>
          <span className="text-muted">Copy what you entered first.</span>
        </>
      )}
    </Refused>
  )
}

/** A moment as the API writes it, which a person reads as everywhere else on the page. */
const MOMENT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g
