'use client'
import { Undo2, X } from 'lucide-react'
import { Button, IconButton } from '../ui/button'

/** Tells what moving or removing took away, and gives it back. It is in the page from the beginning, so that it is announced, politely. */
export function LossNotice({ said, onUndo, onDismiss }: { said: string | undefined; onUndo: () => void; onDismiss: () => void }) {
  return (
    <div role="status" className="sticky bottom-3 z-10 empty:hidden">
      {said !== undefined && (
        <p className="flex items-start gap-1 rounded-md border border-line-strong bg-panel py-1.5 pr-1.5 pl-3 shadow-md">
          <span className="mr-2 min-w-0 flex-1 py-[7px] wrap-anywhere">{said}</span>
          <Button onClick={onUndo}>
            <Undo2 size={14} aria-hidden="true" />
            Undo
          </Button>
          <IconButton label="Dismiss" onClick={onDismiss}>
            <X size={14} />
          </IconButton>
        </p>
      )}
    </div>
  )
}
