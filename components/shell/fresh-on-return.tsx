'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'

/** The answers of the server that the browser has shown. */
const shown = new WeakSet<object>()

/** Back and Forward show a page as it was once sent. It is then asked for again. `sent` is an object of its own in every answer of the server. */
export function FreshOnReturn({ sent }: { sent: object }) {
  const router = useRouter()
  const seen = useRef<object>(null)
  useEffect(() => {
    if (seen.current === sent) return
    seen.current = sent
    if (shown.has(sent)) router.refresh()
    shown.add(sent)
  }, [sent, router])
  return null
}
