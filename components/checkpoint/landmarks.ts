import { headingOfPage } from '@/lib/client/focus'

/** The heading of the open drawer. */
export const headingOfDrawer = () => document.querySelector<HTMLElement>('#drawer h2')

/** The link in the row of a checkpoint. Where there is no list, or nothing in it, the heading of the page. */
export const rowLinkOf = (checkpoint_id: string | undefined) => {
  if (!checkpoint_id || !document.querySelector('[id^="row-"]')) return headingOfPage()
  return document.getElementById(`row-${checkpoint_id}`)?.querySelector<HTMLElement>('th a') ?? null
}
