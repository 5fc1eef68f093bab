import clsx from 'clsx'
import { Written } from './written'

/** People are circles, agents rounded squares: told apart without reading. */
export function Avatar({ name, agent, size = 20 }: { name: string; agent: boolean; size?: number }) {
  return (
    <span
      aria-hidden="true"
      style={{ width: size, height: size, fontSize: Math.round(size * 0.45) }}
      className={clsx(
        'grid flex-none place-items-center font-semibold leading-none text-white',
        agent ? 'rounded-[5px] bg-[#2f6f5e]' : 'rounded-full bg-[#4f5fc9]',
      )}
    >
      {agent ? name.slice(0, 1).toUpperCase() : initialsOf(name)}
    </span>
  )
}

function initialsOf(name: string) {
  const words = name.trim().split(/\s+/)
  const [first = '?'] = words
  const last = words.length > 1 ? words.at(-1) : undefined
  return `${first.slice(0, 1)}${last?.slice(0, 1) ?? ''}`.toUpperCase()
}

/** Whether an id is that of an agent. */
export const isAgent = (principal_id: string) => principal_id.startsWith('ap_')

/** For whom an agent acts: ", for Maria" after its name, and ", for Maria," where the sentence goes on with what it does. */
export const For = ({ name, within = false }: { name: string | null; within?: boolean }) =>
  name === null ? null : (
    <>
      , for <Written text={name} />
      {within && ','}
    </>
  )

type WhoProps = { id: string; name: string; person?: string | null; you?: boolean; children?: React.ReactNode }

/** A person or an agent, by avatar and name; whoever looks at it is "You" where that matters. */
export function Who({ id, name, person = null, you = false, children }: WhoProps) {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Avatar name={name} agent={isAgent(id)} size={18} />
      <span className="truncate">
        <Written text={you ? 'You' : name} />
        <For name={person} />
      </span>
      <span className="sr-only">{isAgent(id) ? '(agent)' : ''}</span>
      {children}
    </span>
  )
}
