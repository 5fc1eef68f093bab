'use client'
import { useEffect, useState } from 'react'
import { createKey } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { isolated } from '@/lib/domain/bidi'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { GroupKeyForm, type GroupKeyFormProps } from './group-key-form'
import { LostKey } from './lost-key'
import { NewKey } from './new-key'

/** Makes a key of the group. Its secret is shown once, in the place of the form. */
export function NewGroupKey(props: Omit<GroupKeyFormProps, 'act'>) {
  const act = useAct(createKey, {
    said: ({ data }) => `The key ${isolated(data.name)} is created${data.secret === null ? ', but its secret did not arrive' : ''}.`,
    leadsTo: () => document.getElementById('new-key'),
  })
  const [revealed, setRevealed] = useState(false)
  const [copied, setCopied] = useState(false)
  const made = act.done?.data ?? null
  const secret = made?.secret ?? null
  const { forget } = act

  // A page that the browser keeps to come back to has no secret in it.
  useEffect(() => {
    if (secret === null) return
    const leave = () => {
      setRevealed(false)
      forget()
    }
    addEventListener('pagehide', leave)
    return () => removeEventListener('pagehide', leave)
  })

  function anew() {
    setRevealed(false)
    setCopied(false)
    forget()
  }

  if (made && secret === null) return <LostKey made={made} onRevoked={anew} />
  if (made && secret !== null) {
    return (
      <div className="grid gap-2">
        <NewKey
          made={{ ...made, secret }}
          revealed={revealed}
          onReveal={setRevealed}
          copied={copied}
          onCopied={() => setCopied(true)}
          parameter="after"
          advice="Copy it before you leave this page."
        />
        {copied && (
          <Button onClick={anew} className="justify-self-start">
            Create another key
          </Button>
        )}
      </div>
    )
  }
  return (
    <Disclosure summary="New key" look="primary" open={act.trouble !== null}>
      <GroupKeyForm act={act} {...props} />
    </Disclosure>
  )
}
