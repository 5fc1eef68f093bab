'use client'
import { type FocusEvent, type FormEvent, useRef, useState } from 'react'
import { completedAddress } from '@/lib/domain/web-address'
import { GIT_FIELDS, type GitField, type GitFields } from '../git/fields'
import { routed } from './git-routing'

/**
 * Completes what is typed into the git fields, and puts an address that belongs to another field there. Spread `section` on the element around
 * the fields. An address is routed when it is pasted or submitted, and only once, so that whoever insists keeps it where it is.
 */
export function useGitRouting(saved: GitFields) {
  const ref = useRef<HTMLElement>(null)
  const advised = useRef<string | null>(null)
  const [said, setSaid] = useState('')

  const inputOf = (name: string) => ref.current?.querySelector<HTMLInputElement>(`input[name="${name}"]`) ?? null

  /** Says where the address in a field belongs, and puts it there if that field is free. False if it may stay. */
  function route(input: HTMLInputElement): boolean {
    const from = GIT_FIELDS.find((name) => name === input.name)
    const address = completedAddress(input.value)
    if (!from || advised.current === `${from} ${address}`) return false
    const textOf = (name: GitField) => inputOf(name)?.value ?? saved[name] ?? ''
    const advice = routed(from, {
      git_branch_url: textOf('git_branch_url'),
      git_pr_url: textOf('git_pr_url'),
      git_commit_url: textOf('git_commit_url'),
    })
    if (!advice) return false
    advised.current = `${from} ${address}`
    setSaid(advice.said)
    const target = inputOf(advice.to)
    if (advice.free && target) {
      input.value = input.defaultValue
      target.value = address
      target.focus()
    }
    return true
  }

  const section = {
    ref,
    onInput({ target, nativeEvent }: FormEvent) {
      if (!(target instanceof HTMLInputElement)) return
      const isPasted = nativeEvent instanceof InputEvent && /^insertFrom(?:Paste|Drop)/.test(nativeEvent.inputType)
      if (!isPasted || !route(target)) setSaid('')
    },
    onBlur({ target }: FocusEvent) {
      if (target instanceof HTMLInputElement) complete(target)
    },
    onSubmitCapture(event: FormEvent) {
      const input = GIT_FIELDS.map(inputOf).find((field) => field?.form === event.target)
      if (!input) return
      complete(input)
      if (!route(input)) return
      event.preventDefault()
      event.stopPropagation()
    },
  }

  return { section, said, unsay: () => setSaid('') }
}

function complete(input: HTMLInputElement) {
  const address = completedAddress(input.value)
  if (address !== input.value) input.value = address
}
