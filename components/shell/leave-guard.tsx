'use client'
import { useEffect, useRef, useState } from 'react'
import { askWith, leaveFor } from '@/lib/client/leave'
import { unsentWithout, watchForms } from '@/lib/client/unsent'
import { Button } from '../ui/button'

/** What is asked about a form, unless it brings words of its own in `data-leave-…`. */
const EDITED: DOMStringMap = {
  leaveTitle: 'Discard what you entered?',
  leaveText: 'It has not been saved, and it will be lost if you leave.',
  leaveGo: 'Discard',
  leaveStay: 'Keep editing',
}

/**
 * Asks before a form goes from the page with something in it that was not sent: when a link is followed, when the drawer goes to another checkpoint
 * or closes, and on Back and Forward. Closing the tab and loading another page are asked by the browser.
 */
export function LeaveGuard() {
  const [words, setWords] = useState<DOMStringMap>(EDITED)
  const dialog = useRef<HTMLDialogElement>(null)
  const discard = useRef<() => void>(null)

  useEffect(() => {
    const ends = [
      watchForms(),
      askWith((then, lost) => {
        setWords({ ...EDITED, ...lost.find(({ dataset }) => dataset.leaveTitle)?.dataset })
        // Later, because the Escape that asks would close the dialog as well.
        setTimeout(() => {
          if (dialog.current?.open) return
          discard.current = then
          dialog.current?.showModal()
        })
      }),
      listen(window, 'click', onClick),
      // Where the browser has no Navigation API, Back and Forward are not asked.
      ...('navigation' in window ? [listen(window.navigation, 'navigate', onNavigate)] : []),
    ]
    return () => {
      for (const end of ends) end()
    }
  }, [])

  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      aria-labelledby="leave-title"
      aria-describedby="leave-text"
      className="m-auto w-[min(400px,calc(100vw-32px))] rounded-xl border border-line bg-panel p-5 text-text shadow-lg backdrop:bg-black/40"
    >
      <form method="dialog" className="grid gap-3">
        <h2 id="leave-title" className="text-[15px] font-semibold">
          {words.leaveTitle}
        </h2>
        <p id="leave-text" className="text-muted">
          {words.leaveText}
        </p>
        <div className="mt-1 flex flex-wrap justify-end gap-2">
          <Button
            type="submit"
            look="danger"
            onClick={() => {
              // After the dialog has closed and has given the focus back, so that leaving decides where the focus goes.
              dialog.current?.addEventListener('close', () => discard.current?.(), { once: true })
            }}
          >
            {words.leaveGo}
          </Button>
          <Button type="submit" look="primary" autoFocus>
            {words.leaveStay}
          </Button>
        </div>
      </form>
    </dialog>
  )
}

function listen<E extends Event>(target: EventTarget, type: string, listener: (event: E) => void): () => void {
  const heard = (event: Event) => listener(event as E)
  target.addEventListener(type, heard, true)
  return () => target.removeEventListener(type, heard, true)
}

/** Before anything else hears of the click: whoever follows the link would be gone already. */
function onClick(event: MouseEvent) {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  if ((link.target !== '' && link.target !== '_self') || link.hasAttribute('download') || link.origin !== location.origin) return
  if (unsentWithout(link.href).length === 0) return
  event.preventDefault()
  event.stopImmediatePropagation()
  leaveFor(link.href, () => link.click())
}

/** Back and Forward. A browser lets a page ask only if the person has done something in it since it asked last. */
function onNavigate(event: NavigateEvent) {
  const { key, url } = event.destination
  if (event.navigationType !== 'traverse' || !event.cancelable || unsentWithout(url).length === 0) return
  event.preventDefault()
  leaveFor(url, () => {
    // Whoever goes on elsewhere meanwhile ends this one.
    window.navigation.traverseTo(key).finished?.catch(() => {})
  })
}
