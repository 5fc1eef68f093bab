'use client'
import { useEffect, useState } from 'react'
import { connectAgent } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { isolated } from '@/lib/domain/bidi'
import type { Key, UsedKey } from '@/lib/domain/schemas/key'
import type { Expiry } from '../key/expiries'
import { KeyFacts } from '../key/key-facts'
import { LostKey } from '../key/lost-key'
import { NewKey } from '../key/new-key'
import { ClientTabs } from './client-tabs'
import { EarlierKeys } from './earlier-keys'
import { type GroupChoice, GroupField } from './group-field'
import { Instructions, type ProjectChoice } from './instructions'
import { type Agent, KeyForm } from './key-form'
import { LiveCheck } from './live-check'
import { Step } from './step'

type ConnectProps = {
  origin: string
  person: string
  groups: readonly GroupChoice[]
  group: { group_id: string; slug: string }
  agents: readonly Agent[] | null
  projects: readonly ProjectChoice[]
  expiries: readonly Expiry[]
  /** The keys of the group that the person may see, and the one among them that the address names. */
  keys: readonly UsedKey[]
  chosen: UsedKey | null
}

/** From a key to the first call: the key, the configuration of the client, and the instructions of a project. */
export function Connect({ origin, person, groups, group, agents, projects, expiries, keys, chosen }: ConnectProps) {
  const act = useAct(connectAgent, {
    said: ({ data }) => `The key ${isolated(data.name)} is created${data.secret === null ? ', but its secret did not arrive' : ''}.`,
    leadsTo: () => document.getElementById('new-key'),
  })
  const [revealed, setRevealed] = useState(false)
  const [copied, setCopied] = useState(false)
  const made = act.done?.data ?? null
  const secret = made?.secret ?? null
  const key: Key | null = made ?? chosen
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

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] xl:grid-cols-[minmax(0,1fr)_320px] xl:gap-x-8">
      <Step number={1} title={chosen && !made ? 'Your key' : 'Create a key'}>
        {!made && (
          <div className="grid gap-4 sm:grid-cols-2">
            <GroupField groups={groups} chosen={group.slug} />
            {!chosen && <KeyForm act={act} group_id={group.group_id} person={person} agents={agents} expiries={expiries} />}
          </div>
        )}
        {made && secret !== null && (
          <NewKey
            made={{ ...made, secret }}
            parameter="group"
            advice="Copy it, or the configuration below, before you leave this page."
            revealed={revealed}
            onReveal={setRevealed}
            copied={copied}
            onCopied={() => setCopied(true)}
          />
        )}
        {made && secret === null && <LostKey made={made} onRevoked={anew} />}
        {!made && chosen && <ChosenKey chosen={chosen} back={`/settings/connect?group=${group.slug}`} />}
        {!made && !chosen && keys.length > 0 && <EarlierKeys keys={keys} group={group.slug} />}
      </Step>
      <Step number={2} title="Give it to your client">
        {secret === null && (
          <p className="text-muted">
            {key
              ? 'A key is shown only when it is created. Put yours in place of YOUR_KEY.'
              : 'The key that you create takes the place of YOUR_KEY.'}
          </p>
        )}
        <ClientTabs origin={origin} group={group.slug} secret={secret} revealed={revealed} onCopied={() => setCopied(true)} />
      </Step>
      {key && (
        <div className="pb-5 xl:sticky xl:top-5 xl:col-start-2 xl:row-span-3 xl:row-start-1 xl:self-start xl:pt-5">
          <LiveCheck
            key={key.key_id}
            group_id={group.group_id}
            made={key}
            known={made ? null : chosen}
            origin={origin}
            group={group.slug}
            again={`/settings/connect?group=${group.slug}&key=${key.key_id}`}
          />
        </div>
      )}
      <Step number={3} title="Tell it how your team works">
        <Instructions projects={projects} group={group.slug} />
      </Step>
    </div>
  )
}

function ChosenKey({ chosen, back }: { chosen: UsedKey; back: string }) {
  return (
    <div className="grid gap-1 rounded-lg border border-line-strong bg-panel px-4 py-3.5">
      <h3 className="font-semibold wrap-anywhere">
        {isolated(chosen.name)} <span className="font-mono text-xs font-normal text-muted">…{chosen.hint}</span>
      </h3>
      <KeyFacts made={chosen} />
      <p>
        <a href={back} className="font-medium text-accent underline">
          Create another key
        </a>
      </p>
    </div>
  )
}
