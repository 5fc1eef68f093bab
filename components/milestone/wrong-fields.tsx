import type { MouseEvent } from 'react'
import { Refused } from '../status/refused'
import type { Problem } from './milestone-problems'

/** Says at the button which fields are wrong, and leads to them. The links also work before JavaScript. */
export function WrongFields({ problems }: { problems: readonly Problem[] }) {
  return (
    <Refused message="The milestone was not created. Correct this first:">
      <ul className="grid gap-1">
        {problems.map(({ field, named }) => (
          <li key={`${field} ${named}`} className="wrap-anywhere">
            {field === null ? (
              named
            ) : (
              <a href={`#${anchorOf(field)}`} onClick={(event) => follow(event, field)} className="text-accent underline">
                {named}
              </a>
            )}
          </li>
        ))}
      </ul>
    </Refused>
  )
}

/** The id of the element around a field, or around the row of which it is a part. */
export const anchorOf = (field: string) => `field-${/^checkpoints\.\d+/.exec(field)?.[0].replace('.', '-') ?? field}`

function follow(event: MouseEvent<HTMLAnchorElement>, field: string) {
  const target = event.currentTarget.closest('form')?.elements.namedItem(field)
  if (!(target instanceof HTMLElement)) return
  event.preventDefault()
  target.focus()
}
