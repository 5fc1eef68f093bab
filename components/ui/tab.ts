import clsx from 'clsx'

/** The look of a link in a row of tabs that stands on a line. */
export const tabClass = (current: boolean) =>
  clsx(
    '-mb-px rounded-t border-b-2 px-2.5 pt-1.5 pb-2 font-medium transition-colors duration-100',
    current
      ? 'border-text text-text'
      : 'border-transparent forced-colors:border-[Canvas] text-muted hover:border-line-strong hover:text-text',
  )

/** The row; on a narrow screen, the word of the first tab begins where everything else does. */
export const tabsClass = 'flex gap-0.5 max-md:-ml-2.5'
