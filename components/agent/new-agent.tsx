'use client'
import { useRef } from 'react'
import { createAgentProfile } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { useFocusOnWrong } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { isolated } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { TextArea, TextField } from '../ui/field'

/** Creates an agent, for which whoever creates it answers. */
export function NewAgent({ group_id, open }: { group_id: string; open: boolean }) {
  const element = useRef<HTMLFormElement>(null)
  const act = useAct(createAgentProfile, {
    said: ({ data }) => `The agent ${isolated(data.name)} is created. Give it a key on the page of the keys.`,
    onDone: () => element.current?.reset(),
  })
  const { refusal, sent, trouble } = act
  useFocusOnWrong(element, refusal)
  const [wrongName, wrongText] = [fieldError(refusal, 'name'), fieldError(refusal, 'description')]
  return (
    <Disclosure summary="New agent" look="primary" open={open || trouble !== null}>
      <form {...act.form} ref={element} className="grid max-w-xl gap-3">
        <input type="hidden" name="group_id" value={group_id} />
        <TextField
          label="Name"
          name="name"
          required
          maxLength={LIMITS.title}
          defaultValue={sent('name')}
          placeholder="atlas"
          error={wrongName}
        />
        <TextArea
          label="What it is for"
          name="description"
          rows={2}
          maxLength={LIMITS.description}
          defaultValue={sent('description')}
          placeholder="Implements the backend and opens pull requests"
          error={wrongText}
        />
        <p className="text-xs text-muted">You answer for it, until an admin gives it to another person.</p>
        <Outcome act={act} placed={wrongName !== undefined || wrongText !== undefined} />
        <Button type="submit" look="primary" busy={act.pending} className="justify-self-start">
          Create agent
        </Button>
      </form>
    </Disclosure>
  )
}
