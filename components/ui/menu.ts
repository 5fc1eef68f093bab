/**
 * The look of a native popover under the button that opens it, their right edges in line. Where the browser cannot place it so, it is in the corner of
 * the window, below the top bar.
 */
export const menuClass =
  'top-13 right-3 left-auto m-0 rounded-lg border border-line-strong bg-panel shadow-lg supports-[position-area:bottom]:inset-auto supports-[position-area:bottom]:my-1 supports-[position-area:bottom]:[position-area:bottom_span-left]'
