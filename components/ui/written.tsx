import { shown } from '@/lib/domain/bidi'

/** For a text that ends in an ellipsis where there is no room: it is cut where it ends, which is at the left if it is written from the right. */
export const cutClass = 'block truncate text-left'

/** A text that people or agents wrote. It is set in its own direction, and nothing beside it changes its place because of it. */
export function Written({ text, className, title }: { text: string; className?: string; title?: string | undefined }) {
  return (
    <bdi dir="auto" className={className} title={title}>
      {shown(text)}
    </bdi>
  )
}
