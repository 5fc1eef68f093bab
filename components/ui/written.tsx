import { shown } from '@/lib/domain/bidi'

/** A text that people or agents wrote. It is set in its own direction, and nothing beside it changes its place because of it. */
export function Written({ text, className, title }: { text: string; className?: string; title?: string | undefined }) {
  return (
    <bdi dir="auto" className={className} title={title}>
      {shown(text)}
    </bdi>
  )
}
