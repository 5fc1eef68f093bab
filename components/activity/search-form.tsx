import { Search } from 'lucide-react'
import { Button } from '../ui/button'
import { TextField } from '../ui/field'

/** One line that sets all filters. */
export function SearchForm({ text, problem }: { text: string; problem: string | null }) {
  return (
    <search aria-label="Search the activity">
      <form method="get" action="/activity" className="flex max-w-3xl items-start gap-2">
        <TextField
          label="Search the activity"
          hideLabel
          type="search"
          name="q"
          defaultValue={text}
          maxLength={1_000}
          placeholder="actor:atlas action:completed ms:ms_x via:mcp after:2026-11-01"
          spellCheck={false}
          autoCapitalize="off"
          error={problem ?? undefined}
          className="flex-1"
        />
        <Button type="submit">
          <Search size={15} aria-hidden="true" />
          Search
        </Button>
      </form>
    </search>
  )
}
