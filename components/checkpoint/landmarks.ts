/** The heading of the open drawer. */
export const headingOfDrawer = () => document.querySelector<HTMLElement>('#drawer h2')

/** The link in the row of a checkpoint, where there is a list. */
export const rowLinkOf = (checkpoint_id: string) =>
  document.getElementById(`row-${checkpoint_id}`)?.querySelector<HTMLElement>('th a') ?? null
