'use client'
import clsx from 'clsx'
import { Monitor, Moon, Sun } from 'lucide-react'
import { useState } from 'react'
import { iconButtonClass } from '../ui/button'
import { menuClass } from '../ui/menu'

export type Theme = 'light' | 'dark' | 'system'

const CHOICES = [
  { theme: 'light', word: 'Light', Icon: Sun },
  { theme: 'dark', word: 'Dark', Icon: Moon },
  { theme: 'system', word: 'System', Icon: Monitor },
] as const

const YEAR = 31_536_000

export function ThemeMenu({ chosen }: { chosen: Theme }) {
  const [theme, setTheme] = useState<Theme>(chosen)

  function choose(next: Theme) {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
    document.cookie = `theme=${next}; path=/; max-age=${YEAR}; samesite=lax`
    const dark = next === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : next === 'dark'
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
    setTheme(next)
  }

  return (
    <>
      <button type="button" popoverTarget="theme" aria-label="Theme" title="Theme" className={clsx(iconButtonClass, 'needs-js')}>
        <Sun size={16} className="dark:hidden" />
        <Moon size={16} className="hidden dark:block" />
      </button>
      <fieldset id="theme" popover="auto" className={clsx(menuClass, 'w-36 p-1')}>
        <legend className="sr-only">Theme</legend>
        {CHOICES.map(({ theme: value, word, Icon }) => (
          <label
            key={value}
            className={clsx(
              'flex h-8 cursor-pointer items-center gap-2 rounded-md px-2 font-medium has-focus-visible:outline-2 has-focus-visible:outline-focus',
              theme === value ? 'bg-sunken text-text' : 'text-muted hover:text-text',
            )}
          >
            <input type="radio" name="theme" value={value} checked={theme === value} onChange={() => choose(value)} className="sr-only" />
            <Icon size={15} aria-hidden="true" />
            {word}
          </label>
        ))}
      </fieldset>
    </>
  )
}
