import { shown } from '@/lib/domain/bidi'
import type { Proposal } from '@/lib/domain/schemas/proposal'
import { Written } from '../ui/written'
import { thresholdWords } from './words'

/** How many ballots each option has, and for a ranked vote how it is counted. */
export function OptionTally({ proposal }: { proposal: Proposal }) {
  const { tally, vote_count, electorate, voting_type, runoff } = proposal
  const most = Math.max(1, ...Object.values(tally))
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <ul className="grid gap-2">
        {Object.entries(tally).map(([option, votes]) => (
          <li key={option} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-1">
            <Written text={option} className="text-left font-medium wrap-anywhere" />
            <span className="text-muted tabular-nums">{votes}</span>
            <span aria-hidden="true" className="col-span-2 h-2 overflow-hidden rounded-full bg-line">
              <i className="block h-full rounded-full bg-vote" style={{ width: `${(votes / most) * 100}%` }} />
            </span>
          </li>
        ))}
      </ul>
      <p className="text-xs text-muted tabular-nums">
        {voting_type === 'ranked' && 'First choices. '}
        {vote_count} of {electorate} voted · {thresholdWords(proposal).toLowerCase()} needed
      </p>
      {runoff.length > 1 && <Runoff proposal={proposal} />}
    </div>
  )
}

/** Each round of the count in a column: what an option has, until it leaves. */
function Runoff({ proposal: { options, runoff } }: { proposal: Proposal }) {
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-panel">
      <table className="w-full text-left tabular-nums">
        <caption className="px-3 py-2 text-left text-xs text-muted">
          How it is counted: in each count the weakest option leaves, and its ballots go to the next option on them.
        </caption>
        <thead className="border-y border-line text-xs text-muted">
          <tr>
            <th scope="col" className="px-3 py-1.5 font-medium">
              Option
            </th>
            {runoff.map((_, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a count is its number
              <th key={at} scope="col" className="px-3 py-1.5 text-right font-medium">
                Count {at + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {options.map((option) => (
            <tr key={option}>
              <th scope="row" className="max-w-48 px-3 py-1.5 font-medium wrap-anywhere">
                <bdi>{shown(option)}</bdi>
              </th>
              {runoff.map(({ tally, eliminated }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a count is its number
                <td key={at} className="px-3 py-1.5 text-right">
                  {option in tally ? tally[option] : <span className="text-faint">–</span>}
                  {eliminated === option && <span className="block text-xs text-refused">leaves</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
