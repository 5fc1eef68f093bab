const SHEET =
  'text-left whitespace-normal max-md:fixed max-md:inset-x-3 max-md:bottom-3 max-md:max-h-[80dvh] max-md:overflow-y-auto md:absolute md:mt-1 md:w-92'

/** Places a panel under its button, from the left or from the right, and on a phone at the bottom of the screen. */
export const sheetClass = { left: `${SHEET} md:left-0`, right: `${SHEET} md:right-0` } as const
