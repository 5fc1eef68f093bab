import Link from 'next/link'

/** For somebody who is in no group, where nobody could vote. */
export function NoGroup() {
  return (
    <div className="grid max-w-xl gap-1.5 px-5 py-8">
      <h2 className="text-[15px] font-semibold">You are in no group yet</h2>
      <p className="text-muted">Votes are asked in groups. Make a group, or ask somebody to invite you to theirs.</p>
      <p>
        <Link href="/?new=group" className="font-medium text-accent underline">
          Make a group
        </Link>
      </p>
    </div>
  )
}
