import type { Block } from '@/lib/transport/docs/guide'

/** A sentence, in which words between backticks are code. */
export function Sentence({ text }: { text: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never change their order
  return text.split('`').map((part, at) => (at % 2 === 1 ? <Code key={`${at} ${part}`}>{part}</Code> : part))
}

export function Code({ children }: { children: string }) {
  return <code className="rounded bg-sunken px-1 py-px dark:bg-line font-mono text-xs wrap-anywhere text-text">{children}</code>
}

/** Something to send or to read, as it stands. */
export function Listing({ text }: { text: string }) {
  return (
    <pre className="self-start rounded-md border border-line bg-sunken px-3 py-2.5 font-mono text-xs leading-[18px] whitespace-pre-wrap wrap-anywhere">
      {text}
    </pre>
  )
}

export function Prose({ block }: { block: Block }) {
  if (typeof block === 'string') {
    return (
      <p>
        <Sentence text={block} />
      </p>
    )
  }
  if ('code' in block) return <Listing text={block.code} />
  return (
    <ul className="grid list-disc gap-1.5 pl-5 marker:text-faint">
      {block.list.map((entry) => (
        <li key={entry}>
          <Sentence text={entry} />
        </li>
      ))}
    </ul>
  )
}
