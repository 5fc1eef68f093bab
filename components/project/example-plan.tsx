const CARDS = [
  { x: 0, y: 31, state: 'done', title: 'Design approved' },
  { x: 168, y: 0, state: 'done', title: 'Backend' },
  { x: 168, y: 62, state: 'ready', title: 'Frontend' },
  { x: 336, y: 31, state: 'blocked', title: 'Integration tests' },
] as const

const EDGES = ['M128 53h20v-31h20', 'M128 53h20v31h20', 'M296 22h20v31h20', 'M296 84h20v-31h20'] as const

/** A picture of a plan, for somebody who has none yet. */
export function ExamplePlan() {
  return (
    <svg viewBox="0 0 465 108" aria-hidden="true" className="w-full max-w-[465px] opacity-70">
      <g fill="none" stroke="var(--edge-unmet)" strokeWidth="1.25">
        {EDGES.map((path) => (
          <path key={path} d={path} />
        ))}
      </g>
      {CARDS.map(({ x, y, state, title }) => (
        <g key={title} transform={`translate(${x} ${y})`}>
          <rect x=".5" y=".5" width="127" height="43" rx="6" className="fill-panel stroke-line-strong" />
          <rect x=".5" y="6" width="3" height="32" rx="1.5" fill={`var(--${state})`} />
          <text x="12" y="19" fontSize="11" fontWeight="550" className="fill-text">
            {title}
          </text>
          <text x="12" y="34" fontSize="9.5" fontWeight="550" fill={`var(--${state})`}>
            {WORD[state]}
          </text>
        </g>
      ))}
    </svg>
  )
}

const WORD = { done: 'Done', ready: 'Ready', blocked: 'Blocked by Frontend' } as const
