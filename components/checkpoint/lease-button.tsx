import clsx from 'clsx'
import { ChevronDown } from 'lucide-react'
import type { Checkpoint } from '@/lib/client/graph'
import { Button, buttonClass } from '../ui/button'
import { menuClass } from '../ui/menu'
import { useNow } from '../ui/time'

/** An extension by less would not be seen in the time that is left. */
const LEAST_GAIN_MS = 60_000

const LEASES = [
  { seconds: 900, words: '15 min' },
  { seconds: 3_600, words: '1 h' },
  { seconds: 14_400, words: '4 h' },
  { seconds: 86_400, words: '1 day' },
] as const

/** Claims for the usual time, or extends a claim to the next longer one. Beside it is a menu of the other times that are longer than what is left. */
export function LeaseButton({ claim, busy }: { claim: Checkpoint['claim']; busy: boolean }) {
  const now = useNow()
  const left = claim ? Date.parse(claim.expires_at) - now : 0
  const [first, ...others] = LEASES.filter(({ seconds }) => seconds * 1_000 >= left + LEAST_GAIN_MS)
  if (!first) return null
  const say = (words: string) => (claim ? `Extend to ${words}` : `Claim for ${words}`)
  return (
    <span className="flex">
      <Button type="submit" name="ttl_seconds" value={first.seconds} busy={busy} className={clsx(others.length > 0 && 'rounded-r-none')}>
        {say(first.words)}
      </Button>
      {others.length > 0 && (
        <>
          <button
            type="button"
            popoverTarget="leases"
            aria-label={claim ? 'Extend to another time' : 'Claim for another time'}
            className={buttonClass('plain', '-ml-px rounded-l-none px-1.5!')}
          >
            <ChevronDown size={14} aria-hidden="true" />
          </button>
          <div id="leases" popover="auto" className={clsx(menuClass, 'p-1')}>
            {others.map(({ seconds, words }) => (
              <button
                key={seconds}
                type="submit"
                name="ttl_seconds"
                value={seconds}
                onClick={(event) => event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()}
                className="flex h-8 w-full items-center rounded-md px-2.5 font-medium text-muted hover:bg-sunken hover:text-text"
              >
                {say(words)}
              </button>
            ))}
          </div>
        </>
      )}
    </span>
  )
}
