import Link from 'next/link'
import type { ReactNode } from 'react'
import { isolated } from '@/lib/domain/bidi'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'
import { Button, buttonClass } from '../ui/button'
import { SelectField } from '../ui/field'
import { PageTitle } from '../ui/page-title'
import { NoGroup } from './no-group'
import { ProposalRow } from './proposal-row'

export type GroupChoice = { group_id: string; slug: string; name: string }

export type Listed = { proposals: readonly ProposalSummary[]; next_cursor: string | null }

type ProposalListProps = {
  /** The groups of the person. */
  groups: readonly GroupChoice[]
  /** The slug of the only group that is shown, if there is one. */
  group: string | null
  /** Those that wait for the person's ballot are in neither of the others. */
  waiting: Listed
  open: Listed
  finalized: Listed
  /** Of which part this is a later page, which has nothing else. */
  further: Part | null
}

type Part = 'open' | 'finalized'

/** All votes of the person's groups: those that wait for them, then what is open, then what is finalized. It needs no JavaScript. */
export function ProposalList({ groups, group, waiting, open, finalized, further }: ProposalListProps) {
  const ask = group === null ? '/proposals/new' : `/proposals/new?group=${group}`
  const isEmpty = [waiting, open, finalized].every(({ proposals }) => proposals.length === 0)
  const rows = ({ proposals }: Listed) => <Rows proposals={proposals} groups={group === null && groups.length > 1 ? groups : []} />
  return (
    <>
      <header className="flex min-h-11.5 flex-wrap items-end gap-x-3 gap-y-2 border-b border-line px-5 pt-3.5 pb-3">
        <PageTitle className="mr-auto self-center">Votes</PageTitle>
        {groups.length > 1 && <GroupFilter key={group} groups={groups} group={group} />}
        {groups.length > 0 && (
          <Link href={ask} className={buttonClass('primary')}>
            Ask for a vote
          </Link>
        )}
      </header>
      {isEmpty && (groups.length === 0 ? <NoGroup /> : <Empty further={further !== null} />)}
      {!isEmpty && (
        <>
          {further === null && (
            <Section title="Waiting for your vote" count={waiting.proposals.length} none="Nothing waits for your vote.">
              {rows(waiting)}
              {waiting.next_cursor !== null && <More>These are the newest. As you vote, older ones take their place.</More>}
            </Section>
          )}
          {open.proposals.length > 0 && (
            <Section title="Open" count={open.proposals.length}>
              {rows({ ...open, proposals: open.proposals.toSorted(byDeadline) })}
              {open.next_cursor !== null && (
                <More>
                  <Link href={hrefOf(group, { open: open.next_cursor })} className="font-medium text-accent underline">
                    Older open votes
                  </Link>
                </More>
              )}
            </Section>
          )}
          {finalized.proposals.length > 0 && (
            <Section title="Finalized" count={null}>
              {rows(finalized)}
            </Section>
          )}
        </>
      )}
      {(further !== null || finalized.next_cursor !== null) && (
        <nav aria-label="Pages" className="flex flex-wrap gap-2 px-5 py-4">
          {further !== null && (
            <Link href={hrefOf(group)} className={buttonClass()}>
              Newest votes
            </Link>
          )}
          {finalized.next_cursor !== null && (
            <Link href={hrefOf(group, { before: finalized.next_cursor })} className={buttonClass()}>
              Older votes
            </Link>
          )}
        </nav>
      )}
    </>
  )
}

/** What closes first is first, and what never closes is last. */
const byDeadline = (a: ProposalSummary, b: ProposalSummary) => {
  if (a.deadline === b.deadline) return 0
  if (a.deadline === null || b.deadline === null) return a.deadline === null ? 1 : -1
  return a.deadline < b.deadline ? -1 : 1
}

function hrefOf(group: string | null, more: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams({ ...(group !== null && { group }), ...more })
  return parameters.size > 0 ? `/proposals?${parameters}` : '/proposals'
}

function Rows({ proposals, groups }: { proposals: readonly ProposalSummary[]; groups: readonly GroupChoice[] }) {
  return (
    <ul className="divide-y divide-line border-b border-line bg-panel">
      {proposals.map((proposal) => (
        <ProposalRow
          key={proposal.proposal_id}
          proposal={proposal}
          group={groups.find(({ group_id }) => group_id === proposal.group_id)?.name ?? null}
        />
      ))}
    </ul>
  )
}

type SectionProps = { title: string; count: number | null; none?: string; children: ReactNode }

function Section({ title, count, none, children }: SectionProps) {
  return (
    <section aria-label={title}>
      <h2 className="flex items-baseline gap-2 border-b border-line bg-sunken px-5 py-1.5 text-xs font-semibold text-muted">
        {title}
        {count !== null && count > 0 && <span className="tabular-nums text-text">{count}</span>}
      </h2>
      {count === 0 ? <p className="border-b border-line bg-panel px-5 py-4 text-muted">{none}</p> : children}
    </section>
  )
}

const More = ({ children }: { children: ReactNode }) => <p className="border-b border-line px-5 py-2 text-xs text-muted">{children}</p>

function GroupFilter({ groups, group }: Pick<ProposalListProps, 'groups' | 'group'>) {
  return (
    <search className="max-sm:order-last">
      <form method="get" action="/proposals" className="flex items-end gap-2">
        <SelectField label="Group" hideLabel name="group" defaultValue={group ?? ''} className="w-44">
          <option value="">All your groups</option>
          {groups.map(({ slug, name }) => (
            <option key={slug} value={slug}>
              {isolated(name)}
            </option>
          ))}
        </SelectField>
        <Button type="submit">Show</Button>
      </form>
    </search>
  )
}

function Empty({ further }: { further: boolean }) {
  return (
    <div className="grid max-w-xl gap-1.5 px-5 py-8">
      <h2 className="text-[15px] font-semibold">{further ? 'Nothing earlier' : 'No votes yet'}</h2>
      <p className="text-muted">
        A vote is how a group decides: people and agents answer a question, or approve a checkpoint that needs their yes before it can be
        completed. Ask your group something, or let a checkpoint need a vote in its milestone.
      </p>
    </div>
  )
}
