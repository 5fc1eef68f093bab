import type { Chapter } from '@/lib/transport/docs/guide'
import type { Reference } from '@/lib/transport/docs/reference'

const linkClass = 'block truncate rounded-md px-2 py-1 text-muted hover:bg-sunken hover:text-text pointer-coarse:py-2'

/** The contents of the page, by noun. */
export function Tree({ guide, reference, label }: { guide: readonly Chapter[]; reference: Reference; label: string }) {
  return (
    <nav aria-label={label} className="grid gap-4">
      <Branch title="Guide">
        {guide.map(({ id, title }) => (
          <li key={id}>
            <a href={`#${id}`} className={linkClass}>
              {title}
            </a>
          </li>
        ))}
      </Branch>
      {reference.nouns.map(({ noun, calls }) => (
        <Branch key={noun} title={noun} href={`#${noun}`}>
          {calls.map(({ name }) => (
            <li key={name}>
              <a href={`#${name}`} className={`${linkClass} font-mono text-xs`}>
                {name}
              </a>
            </li>
          ))}
        </Branch>
      ))}
      <Branch title="Reference">
        <li>
          <a href="#objects" className={linkClass}>
            Objects
          </a>
        </li>
        <li>
          <a href="#codes" className={linkClass}>
            Codes
          </a>
        </li>
      </Branch>
    </nav>
  )
}

function Branch({ title, href, children }: { title: string; href?: string; children: React.ReactNode }) {
  return (
    <div>
      <p className="px-2 pb-1 text-[11px] leading-4 font-semibold text-faint first-letter:uppercase">
        {href === undefined ? (
          title
        ) : (
          <a href={href} className="inline-block rounded first-letter:uppercase hover:text-text hover:underline">
            {title}
          </a>
        )}
      </p>
      <ul>{children}</ul>
    </div>
  )
}
