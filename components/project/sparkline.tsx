const W = 96
const H = 24

/** Completions a day over two weeks, as columns: counts of days are not a line. */
export function Sparkline({ days }: { days: readonly number[] }) {
  const total = days.reduce((sum, count) => sum + count, 0)
  const top = Math.max(1, ...days)
  const step = W / days.length
  return (
    <figure className="w-30 flex-none max-md:w-14">
      <svg
        viewBox={`0 0 ${W} ${H}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${total} done in 14 days`}
        className="h-6 w-full text-done"
      >
        <title>{`${total} done in 14 days`}</title>
        {days.map((count, day) => {
          const height = count === 0 ? 1.5 : 4 + (count / top) * (H - 4)
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place in the row
              key={day}
              x={day * step}
              y={H - height}
              width={step - 2}
              height={height}
              rx={1}
              className={count === 0 ? 'fill-line-strong' : 'fill-current'}
            />
          )
        })}
      </svg>
      <figcaption aria-hidden="true" className="mt-0.5 truncate text-xs text-muted tabular-nums max-md:hidden">
        {total} done in 14 days
      </figcaption>
    </figure>
  )
}
