'use client'
import { useEffect, useRef } from 'react'
import { flushSync } from 'react-dom'
import { moveFocus } from '@/lib/client/focus'
import type { PlanNode } from '@/lib/client/plan'
import { Caution } from '../status/caution'
import { Button } from '../ui/button'
import type { DependencyDraft } from './dependency-picker'
import { NodeNames } from './node-names'

type DependencyConflictProps = {
  milestone_id: string
  dependencies: DependencyDraft
  /** Whether the form was sent and refused because of it. */
  refused: boolean
  /** Called when the person takes what others made of it. */
  onTake: () => void
}

/** What others made meanwhile of what a checkpoint waits for, beside what the person chose. Either can be taken. */
export function DependencyConflict({ milestone_id, dependencies, refused, onTake }: DependencyConflictProps) {
  const panel = useRef<HTMLDivElement>(null)
  const { now, is, conflict, typed, nodesOf } = dependencies

  // The button that was pressed has gone.
  useEffect(() => {
    const form = panel.current?.closest('form')
    if (refused && form) moveFocus(() => panel.current, { form, pressed: null })
  }, [refused])

  function saveMine() {
    const form = panel.current?.closest('form')
    // The form is sent with the version that was just seen.
    flushSync(dependencies.keep)
    form?.requestSubmit()
  }

  function take() {
    dependencies.take()
    dependencies.setTyped('')
    onTake()
    // The button goes with the conflict.
    panel.current?.closest('form')?.querySelector<HTMLElement>('[role=group] input:not([type=hidden])')?.focus()
  }

  return (
    <Caution ref={panel} role="alert" tabIndex={-1}>
      <p>
        {conflict ? 'Someone changed what it waits for while you were editing' : 'The milestone changed while you were editing'}
        {refused && ', so nothing was saved'}.
      </p>
      <p>
        Now it waits for: <Names nodes={nodesOf(now)} milestone_id={milestone_id} />
      </p>
      <p>
        You chose: <Names nodes={nodesOf(is)} milestone_id={milestone_id} typed={typed} />
      </p>
      <div className="needs-js flex flex-wrap gap-1.5 pt-1">
        <Button onClick={saveMine}>Save what I chose</Button>
        <Button onClick={take}>Use what it waits for now</Button>
      </div>
    </Caution>
  )
}

type NamesProps = { nodes: readonly PlanNode[]; milestone_id: string; typed?: string }

function Names({ nodes, milestone_id, typed = '' }: NamesProps) {
  if (nodes.length === 0 && typed === '') return 'nothing'
  return (
    <>
      <NodeNames nodes={nodes} milestone_id={milestone_id} className="font-medium" />
      {nodes.length > 0 && typed !== '' && ', '}
      {typed}
    </>
  )
}
