/** A cairn: three stones, one on the other. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="currentColor" aria-hidden="true" className="flex-none">
      <ellipse cx="10" cy="16" rx="8.2" ry="3" />
      <ellipse cx="10.5" cy="10" rx="5.8" ry="2.5" opacity=".78" />
      <ellipse cx="9.6" cy="4.8" rx="3.6" ry="2.1" opacity=".55" />
    </svg>
  )
}
