'use client'
import { useState } from 'react'
import { announce } from '@/lib/client/announce'
import { copyText } from '@/lib/client/copy-text'

/** Copies a text and says for a moment that it did; if the browser does not let it, it says what to do instead. */
export function useCopy(text: string, byHand = 'Select the text and copy it by hand.', onCopied?: () => void) {
  const [copied, setCopied] = useState(false)
  async function copy() {
    if (!(await copyText(text))) return announce(`The browser did not allow copying. ${byHand}`, 'trouble')
    setCopied(true)
    onCopied?.()
    setTimeout(setCopied, 2_000, false)
  }
  return { copied, copy }
}
