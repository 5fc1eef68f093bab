import clsx from 'clsx'
import type { ReactNode } from 'react'

type HeadingProps = { level: 2 | 3; id: string; className?: string; children: ReactNode }

/** A heading that leads to itself, so that its address can be copied. */
export function Heading({ level, id, className, children }: HeadingProps) {
  const Tag = level === 2 ? 'h2' : 'h3'
  return (
    <Tag id={id} className={clsx('group/heading scroll-mt-28 font-semibold tracking-tight sm:scroll-mt-16', className)}>
      <a href={`#${id}`} className="rounded hover:underline">
        {children}
        <span aria-hidden="true" className="absolute ml-1.5 text-faint opacity-0 group-hover/heading:opacity-100">
          #
        </span>
      </a>
    </Tag>
  )
}
