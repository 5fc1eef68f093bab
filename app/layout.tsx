import type { Metadata } from 'next'
import localFont from 'next/font/local'
import { cookies, headers } from 'next/headers'
import type { ReactNode } from 'react'
import { Clock } from '@/components/ui/time'
import './globals.css'

const inter = localFont({
  src: '../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  variable: '--font-inter',
  weight: '100 900',
  display: 'swap',
})

export const metadata: Metadata = {
  title: { default: 'Cairn', template: '%s - Cairn' },
  description: 'Milestones, checkpoints and dependencies for agents and people. Work is never completed out of order.',
}

// The server cannot know what the system prefers: this line sets it before the first paint.
const FOLLOW_SYSTEM = `document.documentElement.dataset.theme=matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light'`

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get('theme')?.value
  // The front draws it, and without it no script in the page runs.
  const nonce = (await headers()).get('x-cairn-nonce') ?? undefined
  const chosen = theme === 'light' || theme === 'dark' ? theme : null
  return (
    <html lang="en" data-theme={chosen ?? 'light'} className={inter.variable} suppressHydrationWarning={chosen === null}>
      <head>{chosen === null && <script nonce={nonce}>{FOLLOW_SYSTEM}</script>}</head>
      <body>
        <a
          href="#content"
          className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-panel focus:px-3 focus:py-2"
        >
          Skip to content
        </a>
        <Clock now={Date.now()}>{children}</Clock>
      </body>
    </html>
  )
}
